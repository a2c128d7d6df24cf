import type { ClusterConnection } from '../clusters/connector.ts';
import type { Clock } from '../core/clock.ts';
import type { Deadline } from '../core/deadline.ts';
import { describeError, HeaplessError } from '../core/errors.ts';
import type { UnixMillis } from '../core/units.ts';
import { backOff, MAX_ATTEMPTS } from './back-off.ts';
import { classify, type Failure, type Target } from './classify.ts';
import type { KubeResult, KubeUsage } from './client.ts';
import { createClockSkew } from './clock-skew.ts';
import { type AuthHeaders, createCredentials, sameHeaders } from './credentials.ts';
import { deadlineFailure } from './deadline-failure.ts';
import { describeConnectionError } from './describe-connection-error.ts';
import { describeKubeletError } from './describe-kubelet-error.ts';
import { excerpt, secretsOf } from './excerpt.ts';
import type { Exchange, ReadPieces } from './exchange.ts';
import type { GuestRules } from './guest-rules.ts';
import { notJson } from './json-body.ts';
import { createLimiter } from './limiter.ts';
import { parseApiStatus } from './parse-api-status.ts';
import { refusalOf } from './refusal.ts';
import type { Transport } from './transport.ts';

export interface JsonRequest<E = undefined> {
  /** Which server, if the transport has several. */
  readonly endpoint: E;
  /** Path with query, below the server's base path. */
  readonly path: string;
  readonly target: Target;
  readonly headers: Readonly<Record<string, string>>;
  /** Most bytes of the body, unpacked. */
  readonly maxBytes: number;
  /** Whom a large body in another format than JSON is given to. */
  readonly readPieces?: ReadPieces | undefined;
  readonly deadline: Deadline;
}

/** A body that begins and ends as a JSON object, or why there is none. */
export type JsonAnswer =
  | {
      readonly status: 'ok';
      readonly body: Buffer;
      /** Bytes, unpacked, that `readPieces` was given in place of a body. */
      readonly read?: number;
      readonly bytes: number;
      /** Gives the memory of `body` back, if it is to be used again; nothing is read of it afterwards. */
      readonly release?: () => void;
    }
  | (Failure & {
      /** Status code of the answer and `metadata.continue` of its Status, if there was an answer. */
      readonly code?: number;
      readonly freshContinue?: string;
    });

/** GETs of JSON: logged in, bounded in flight, tried again when the server is busy, within the request's deadline. */
export interface Requester<E = undefined> {
  get(request: JsonRequest<E>): Promise<JsonAnswer>;
  usage(): KubeUsage;
  close(): void;
}

export interface RequesterSettings {
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxInFlight: number;
  readonly guest?: GuestRules | undefined;
}

type Try =
  | { readonly kind: 'done'; readonly result: JsonAnswer }
  | { readonly kind: 'busy'; readonly retryAfter: number | undefined; readonly failure: Failure };

export function createRequester<E>(
  connection: Pick<ClusterConnection, 'authenticate' | 'advise'>,
  transport: Transport<E>,
  settings: RequesterSettings,
): Requester<E> {
  const { clock, random, maxInFlight, guest } = settings;
  const credentials = createCredentials(connection, clock);
  const limiter = createLimiter(maxInFlight);
  const skew = createClockSkew();
  const count = { requests: 0, bytes: 0, retries: 0 };
  let closed = false;
  let latest: { readonly auth: AuthHeaders; readonly secrets: readonly string[] } | undefined;

  const secretsIn = (auth: AuthHeaders): readonly string[] => {
    if (latest?.auth !== auth) latest = { auth, secrets: secretsOf(auth) };
    return latest.secrets;
  };

  const exchange = async (request: JsonRequest<E>, auth: AuthHeaders): Promise<Exchange> => {
    const headers = { ...request.headers, ...auth };
    const { endpoint, path, maxBytes, readPieces } = request;
    const { signal } = request.deadline;
    if (signal.aborted) return { kind: 'aborted', bytes: 0 };
    const sent: UnixMillis = clock.now();
    count.requests++;
    const result = await transport.get({
      endpoint,
      path,
      headers,
      maxBytes,
      readPieces,
      signal,
      onHead: (date) => skew.observe(date, sent, clock.now()),
    });
    count.bytes += result.bytes;
    guest?.spend(result.bytes);
    return result;
  };

  /** One try, with the two repetitions that do not wait: on a socket that died while idle, and after a new login. */
  const attempt = async (request: JsonRequest<E>): Promise<Try | { readonly kind: 'aborted' }> => {
    const { deadline, target } = request;
    let auth = await credentials.current(deadline);
    let renewed = false;
    let reconnected = false;
    for (;;) {
      const result = await exchange(request, auth);
      const secrets = secretsIn(auth);
      if (result.kind === 'broken' && result.reused && !reconnected) {
        reconnected = true;
        count.retries++;
        transport.dropIdle();
        continue;
      }
      if (result.kind === 'aborted') return result;
      if (result.kind !== 'answer') return done(describeMiss(result, request, secrets));
      const verdict = classify(result, { target, now: clock.now(), secrets });
      if (verdict.kind === 'ok' || verdict.kind === 'busy') guest?.observe(verdict.kind === 'busy');
      if (verdict.kind === 'ok') {
        const { body, bytes, read, release } = result;
        if (read !== undefined) return done({ status: 'ok', body, bytes, read });
        const problem = notJson(body, result.headers['content-type'], secrets);
        if (problem !== undefined) return done(failed('not_json', problem));
        return done({ status: 'ok', body, bytes, ...(release !== undefined && { release }) });
      }
      if (verdict.kind === 'busy') return verdict;
      if (verdict.kind === 'unauthorized' && !renewed) {
        renewed = true;
        const next = await credentials.renewed(deadline);
        if (!sameHeaders(next, auth)) {
          auth = next;
          count.retries++;
          continue;
        }
      }
      const freshContinue = parseApiStatus(result.body)?.continue ?? '';
      const refusal = refusalOf(result, target.resource);
      const advice = refusal === undefined ? undefined : connection.advise?.(refusal);
      const message = advice === undefined ? verdict.failure.message : `${verdict.failure.message}; ${advice}`;
      return done({ ...verdict.failure, message, code: result.status, freshContinue });
    }
  };

  /** One try while holding a place in flight. */
  const attemptInPlace = async (request: JsonRequest<E>): Promise<Try> => {
    const { deadline } = request;
    if (closed) return done(failed('unreachable', 'the client is closed'));
    const asked = clock.now();
    const expired = (placed: UnixMillis | undefined): Try =>
      done(deadlineFailure(deadline, { asked, placed, now: clock.now() }));
    if (!(await limiter.acquire(deadline.signal))) return expired(undefined);
    const placed = clock.now();
    try {
      const tried = await attempt(request);
      return tried.kind === 'aborted' ? expired(placed) : tried;
    } catch (error) {
      if (deadline.signal.aborted) return expired(placed);
      // Our own sentences are whole: a command at their end would be of no use cut.
      const reason = error instanceof HeaplessError ? error.message : excerpt(describeError(error), []);
      return done(failed('unauthorized', `the cluster's connection gave no credentials: ${reason}`));
    } finally {
      limiter.release();
    }
  };

  return {
    async get(request) {
      const { deadline } = request;
      for (let number = 1; ; number++) {
        const tried = await attemptInPlace(request);
        if (tried.kind === 'done' && !(number === 1 && isWorthAnother(request, tried.result))) return tried.result;
        const failure = tried.kind === 'done' ? tried.result : tried.failure;
        // In a storm nobody is asked again.
        if (guest?.isStopped() === true) return failure;
        const wait = backOff(number, tried.kind === 'done' ? undefined : tried.retryAfter, random);
        if (number === MAX_ATTEMPTS || wait >= deadline.remaining()) return failure;
        await clock.sleep(wait, deadline.signal);
        if (deadline.signal.aborted) return failure;
        count.retries++;
      }
    },
    usage: () => ({ ...count, peakInFlight: limiter.peak(), skew: skew.estimate() }),
    close() {
      closed = true;
      transport.close();
    },
  };
}

/** The body of an answer as a result of its own. */
export function toBody(answer: JsonAnswer): KubeResult<Buffer> {
  if (answer.status === 'failed') return { status: 'failed', reason: answer.reason, message: answer.message };
  const { body, bytes, release } = answer;
  return { status: 'ok', value: body, bytes, ...(release !== undefined && { release }) };
}

/** What may pass with the moment: a connection that broke, a restart, an answer of somebody between. */
const FLEETING: ReadonlySet<string> = new Set(['unreachable', 'server_error', 'not_json']);

/** A list is asked for once more: without it there is no tick. A kubelet is asked again in the next one. */
function isWorthAnother({ target }: Pick<JsonRequest, 'target'>, result: JsonAnswer): boolean {
  return target.verb === 'list' && result.status === 'failed' && FLEETING.has(result.reason);
}

function done(result: JsonAnswer): Try {
  return { kind: 'done', result };
}

function failed(reason: Failure['reason'], message: string): Failure {
  return { status: 'failed', reason, message };
}

function describeMiss(
  miss: Exclude<Exchange, { kind: 'answer' | 'aborted' }>,
  request: Pick<JsonRequest, 'maxBytes' | 'target'>,
  secrets: readonly string[],
): Failure {
  switch (miss.kind) {
    case 'too_large': {
      const size = miss.announced === undefined ? 'the body goes on' : `the server announced ${miss.announced} bytes`;
      return failed('too_large', `more than ${request.maxBytes} bytes allowed: ${size}`);
    }
    case 'garbled':
      return failed('not_json', `a body that says it is gzip and is not: ${miss.error.message}`);
    case 'broken': {
      const where = miss.phase === 'body' ? `the connection broke in the answer, after ${miss.bytes} bytes: ` : '';
      const what =
        request.target.resource === 'nodes/stats'
          ? describeKubeletError(miss.error)
          : describeConnectionError(miss.error);
      return failed('unreachable', `${where}${excerpt(what, secrets)}`);
    }
  }
}
