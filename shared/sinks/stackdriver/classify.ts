import { describeError, HeaplessError, SinkError } from '../../core/errors.ts';
import type { SendOutcome } from '../sink.ts';
import { type PointErrors, readStatusDetails, type StatusDetails } from './status-details.ts';

/** What a failed call says, all of it optional: grpc-js's ServiceError. */
interface CallError {
  readonly code?: unknown;
  readonly details?: unknown;
  readonly metadata?: { get(key: string): readonly unknown[] };
}

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html (read 2026-11-24) */
const CODE = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** Codes that another try may pass, and that leave open what was stored. */
const TRANSIENT: ReadonlySet<number> = new Set([
  CODE.cancelled,
  CODE.unknown,
  CODE.deadlineExceeded,
  CODE.aborted,
  CODE.internal,
  CODE.unavailable,
]);

/** The point, or a newer one of its series, is there already. */
const SUPERSEDED = /order|older|more recent|already|duplicate point/i;

const NAMES = new Map(Object.entries(CODE).map(([name, code]) => [code as number, name]));

/**
 * What a failed CreateTimeSeries means for a request of `points`. Pure. Part of the points may be stored although the call
 * failed: then the error's summary counts the others by reason, without saying which they are. Those that were refused because
 * the service has them, or newer ones of their series, count as delivered: a repeated request meets exactly that.
 */
export function classifyFailure(
  error: unknown,
  { points, project }: { readonly points: number; readonly project: string },
): SendOutcome {
  if (error instanceof HeaplessError) {
    if (error.retryable) return { status: 'retryable', cause: error, ambiguous: false };
    return { status: 'rejected', cause: error };
  }
  const { code, message, trailer } = facts(error);
  const { summary, retryDelay } = readStatusDetails(trailer);
  const cause = (what: string): SinkError =>
    new SinkError(`Cloud Monitoring ${what}: ${NAMES.get(code) ?? `code ${code}`}: ${message}`, {
      code: 'sink_refused',
      cause: error,
    });
  const retryAfter = retryDelay === undefined ? {} : { retryAfter: retryDelay };
  if (summary !== undefined) return classifySummary(summary, points, error);
  if (code === CODE.resourceExhausted) {
    return { status: 'retryable', cause: cause('has no quota left for now'), ambiguous: false, ...retryAfter };
  }
  if (TRANSIENT.has(code)) return { status: 'retryable', cause: cause('fails'), ambiguous: true, ...retryAfter };
  if (code === CODE.permissionDenied || code === CODE.unauthenticated) {
    const advice =
      `give the identity of the Google application default credentials the role roles/monitoring.metricWriter ` +
      `on project ${project}`;
    return { status: 'rejected', cause: cause(`refuses the credentials or their rights (${advice})`) };
  }
  if (code === CODE.notFound) return { status: 'rejected', cause: cause(`does not know project ${project}`) };
  if (code === CODE.invalidArgument || code === CODE.failedPrecondition || code === CODE.outOfRange) {
    return { status: 'split', cause: cause('refuses the values') };
  }
  return { status: 'rejected', cause: cause('cannot be called') };
}

function classifySummary(
  { errors }: NonNullable<StatusDetails['summary']>,
  points: number,
  error: unknown,
): SendOutcome {
  const lost = errors.filter((each) => !isThere(each));
  if (lost.length === 0) return { status: 'delivered' };
  const worst = lost.toSorted((a, b) => b.points - a.points)[0];
  const cause = new SinkError(
    `Cloud Monitoring took part of the values: ${NAMES.get(worst?.code ?? 0) ?? `code ${worst?.code}`}: ${describeError(worst?.message)}`,
    { code: 'sink_refused', cause: error },
  );
  const passing = lost.some(({ code }) => TRANSIENT.has(code) || code === CODE.resourceExhausted);
  if (passing) return { status: 'retryable', cause, ambiguous: true };
  const rejected = lost.reduce((sum, each) => sum + each.points, 0);
  return { status: 'partial', rejected: Math.min(rejected, points), cause };
}

/** "Written more frequently than the maximum sampling period" has a code of its own, "in order" is one of many of code 3. */
function isThere({ code, message }: PointErrors): boolean {
  if (code === CODE.failedPrecondition) return true;
  return code === CODE.invalidArgument && SUPERSEDED.test(message);
}

function facts(error: unknown): {
  readonly code: number;
  readonly message: string;
  readonly trailer: Buffer | undefined;
} {
  if (typeof error !== 'object' || error === null)
    return { code: CODE.unknown, message: String(error), trailer: undefined };
  const { code, details, metadata } = error as CallError;
  const trailer = metadata?.get('grpc-status-details-bin')[0];
  return {
    code: typeof code === 'number' ? code : CODE.unknown,
    message: describeError(typeof details === 'string' && details !== '' ? details : error).split('\n')[0] ?? '',
    trailer: Buffer.isBuffer(trailer) ? trailer : undefined,
  };
}
