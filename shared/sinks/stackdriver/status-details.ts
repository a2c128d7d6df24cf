import { type Millis, SECOND } from '../../core/units.ts';
import { readVarint } from '../protobuf/read-varint.ts';

/** Points of a request that were not written for one reason. */
export interface PointErrors {
  /** gRPC code. */
  readonly code: number;
  readonly message: string;
  readonly points: number;
}

/** What an error of CreateTimeSeries carries beside its code. */
export interface StatusDetails {
  /** Undefined if the service does not say what became of the points. */
  readonly summary:
    | { readonly total: number; readonly written: number; readonly errors: readonly PointErrors[] }
    | undefined;
  /** How long to wait before another try. */
  readonly retryDelay: Millis | undefined;
}

const SUMMARY = 'google.monitoring.v3.CreateTimeSeriesSummary';
const RETRY = 'google.rpc.RetryInfo';

interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Buffer;
}

/**
 * The details of a failed call: the trailer `grpc-status-details-bin`, a google.rpc.Status.
 *
 * | message | fields |
 * |---|---|
 * | Status | code 1, message 2, details 3 (Any: type_url 1, value 2) |
 * | CreateTimeSeriesSummary | total_point_count 1, success_point_count 2, errors 3 (status 1, point_count 2) |
 * | RetryInfo | retry_delay 1 (Duration: seconds 1, nanos 2) |
 *
 * Bytes that cannot be read are as good as none: the call has failed anyway, and its code decides.
 */
export function readStatusDetails(trailer: Buffer | undefined): StatusDetails {
  let summary: StatusDetails['summary'];
  let retryDelay: Millis | undefined;
  if (trailer === undefined) return { summary, retryDelay };
  try {
    for (const detail of fields(trailer)) {
      if (detail.number !== 3) continue;
      const any = fields(detail.bytes);
      const type = textOf(any, 1).replace(/^.*\//, '');
      const value = any.find(({ number }) => number === 2)?.bytes ?? Buffer.alloc(0);
      if (type === SUMMARY) summary = readSummary(value);
      else if (type === RETRY) retryDelay = readDuration(value);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { summary: undefined, retryDelay: undefined };
  }
  return { summary, retryDelay };
}

function readSummary(bytes: Buffer): NonNullable<StatusDetails['summary']> {
  const all = fields(bytes);
  return {
    total: numberOf(all, 1),
    written: numberOf(all, 2),
    errors: all
      .filter(({ number }) => number === 3)
      .map((error): PointErrors => {
        const inner = fields(error.bytes);
        const status = fields(inner.find(({ number }) => number === 1)?.bytes ?? Buffer.alloc(0));
        return { code: numberOf(status, 1), message: textOf(status, 2), points: numberOf(inner, 2) };
      }),
  };
}

function readDuration(bytes: Buffer): Millis {
  const delay = fields(fields(bytes).find(({ number }) => number === 1)?.bytes ?? Buffer.alloc(0));
  return numberOf(delay, 1) * SECOND + Math.ceil(numberOf(delay, 2) / 1e6);
}

function numberOf(all: readonly Field[], number: number): number {
  return all.find((field) => field.number === number)?.value ?? 0;
}

function textOf(all: readonly Field[], number: number): string {
  return all.find((field) => field.number === number)?.bytes.toString('utf8') ?? '';
}

/** The fields of a message, in order. Throws `RangeError` on bytes that are none. */
function fields(bytes: Buffer): readonly Field[] {
  const found: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    const number = Math.floor(tag.value / 8);
    const type = tag.value % 8;
    if (type === 0) {
      const { value, next } = readVarint(bytes, tag.next);
      found.push({ number, value, bytes: Buffer.alloc(0) });
      at = next;
    } else {
      const { value, next } = type === 2 ? readVarint(bytes, tag.next) : { value: sizeOf(type), next: tag.next };
      if (next + value > bytes.length) throw new RangeError(`field ${number} ends behind its message`);
      found.push({ number, value: 0, bytes: bytes.subarray(next, next + value) });
      at = next + value;
    }
  }
  return found;
}

function sizeOf(type: number): number {
  if (type === 1) return 8;
  if (type === 5) return 4;
  throw new RangeError(`unknown wire type ${type}`);
}
