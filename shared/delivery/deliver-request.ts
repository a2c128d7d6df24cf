import type { Clock } from '../core/clock.ts';
import type { Deadline } from '../core/deadline.ts';
import { describeError } from '../core/errors.ts';
import type { Millis } from '../core/units.ts';
import type { EncodedRequest, SendOutcome, Sink } from '../sinks/sink.ts';
import { backoff } from './backoff.ts';
import type { Lane } from './lane.ts';
import type { Pace } from './pacer.ts';
import { type Attempt, sendWithin } from './send-within.ts';
import type { Tally } from './tally.ts';

/**
 * Most halves that may be refused in a row before the rest of a request is rejected. One bad point among 1,000 takes 10;
 * a request that is bad throughout would otherwise cost 2,000 calls every minute.
 */
const MAX_REFUSED_IN_A_ROW = 48;

export interface DeliveryDeps {
  readonly deadline: Deadline;
  readonly clock: Clock;
  /** A number from 0 to below 1, for back-off. */
  readonly random: () => number;
  /** Where requests go that may be sent again later; undefined = they are dropped. */
  readonly spill?: Spill | undefined;
  /** Places in flight that the sink's deliveries share; undefined = it has `limits.concurrency` of its own. */
  readonly lane?: Lane | undefined;
  /** Keeps the export within the backend's quota; undefined = it has none. */
  readonly pace?: Pace | undefined;
}

/** Keeps a request for a later tick. False = there is no room or no time: its points are dropped. */
export type Spill = (request: EncodedRequest) => boolean;

/** A wait that all workers of a delivery keep, because the backend asked for it. */
export interface Pause {
  until: number;
}

interface Settled {
  readonly verdict: 'settled' | 'accepted';
}

type Verdict =
  | Settled
  | { readonly verdict: 'refused'; readonly cause: unknown }
  /** It cannot start before the deadline. */
  | { readonly verdict: 'unsent'; readonly why: string; readonly cause: unknown };

type Retryable = Extract<SendOutcome, { readonly status: 'retryable' }>;

/**
 * Delivers one request and its halves, if it must be divided; settles each of its points in the tally. Why no other
 * will find room before the deadline either, or undefined. Throws never.
 */
export async function deliverRequest(
  sink: Sink,
  request: EncodedRequest,
  tally: Tally,
  pause: Pause,
  deps: DeliveryDeps,
): Promise<string | undefined> {
  const pending = [request];
  let refusedInARow = 0;
  let isTaken = true;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const parts = deps.pace?.exceeds(next) === true && !isOver(deps.deadline) ? next.split() : undefined;
    if (parts !== undefined) {
      pending.push(parts[1], parts[0]);
      continue;
    }
    const result = await sendUntilSettled(sink, next, tally, pause, deps);
    if (result.verdict === 'accepted') refusedInARow = 0;
    if (result.verdict === 'settled') isTaken = false;
    if (result.verdict === 'unsent') {
      for (const each of [next, ...pending.splice(0).reverse()]) keep(tally, each, result, deps);
      return result.why === deps.pace?.reason ? result.why : undefined;
    }
    if (result.verdict !== 'refused') continue;
    refusedInARow++;
    const halves = refusedInARow > MAX_REFUSED_IN_A_ROW ? undefined : next.split();
    if (halves === undefined) {
      tally.settle('rejected', next.points, describeError(result.cause));
      isTaken = false;
    } else pending.push(halves[1], halves[0]);
  }
  // What is kept for later still needs its bytes, and who gave up waiting does not know who reads them.
  if (isTaken) request.release?.();
  return undefined;
}

/** Sends until the backend has answered for good, a repeat is not allowed, or the deadline is near. */
async function sendUntilSettled(
  sink: Sink,
  request: EncodedRequest,
  tally: Tally,
  pause: Pause,
  deps: DeliveryDeps,
): Promise<Verdict> {
  const { deadline, clock } = deps;
  let lastCause: unknown;
  for (let attempt = 0; ; attempt++) {
    const held = await waitForTurn(request, pause, deps);
    if (held !== undefined) return { verdict: 'unsent', why: held, cause: lastCause };
    tally.request();
    if (attempt > 0) tally.retry();
    const outcome = await sendWithin(sink, request, deadline.signal);
    if (outcome.status !== 'retryable') return conclude(outcome, request, tally, deps);
    if (outcome.ambiguous) tally.ambiguous();
    if (outcome.ambiguous && !request.idempotent) {
      return drop(
        tally,
        request,
        'may have been stored, and a repeat would count twice: not sent again',
        outcome.cause,
      );
    }
    const wait = waitFor(outcome, attempt, deps.random);
    if (wait >= deadline.remaining()) {
      const why =
        outcome.retryAfter === undefined ? 'not delivered by the deadline' : 'asked to wait past the deadline';
      return keep(tally, request, { why, cause: outcome.cause }, deps);
    }
    if (outcome.retryAfter !== undefined) pause.until = Math.max(pause.until, clock.now() + outcome.retryAfter);
    lastCause = outcome.cause;
    await clock.sleep(wait, deadline.signal);
  }
}

/** Waits as the backend asked, and for room within its quota. Why the request cannot start in time, or undefined: it may now. */
async function waitForTurn(
  request: EncodedRequest,
  pause: Pause,
  { pace, clock, deadline }: DeliveryDeps,
): Promise<string | undefined> {
  for (;;) {
    const paused = pause.until - clock.now();
    if (paused > 0) await clock.sleep(Math.min(paused, deadline.remaining()), deadline.signal);
    if (isOver(deadline)) return 'not sent before the deadline';
    const wait = pace?.take(request) ?? 0;
    if (pace === undefined || wait === 0) return undefined;
    if (wait >= deadline.remaining()) return pace.reason;
    await clock.sleep(wait, deadline.signal);
  }
}

function isOver(deadline: Deadline): boolean {
  return deadline.signal.aborted || deadline.remaining() <= 0;
}

function waitFor(outcome: Retryable, attempt: number, random: () => number): Millis {
  const wait = backoff(attempt, random);
  return outcome.retryAfter === undefined ? wait : Math.max(outcome.retryAfter, wait);
}

function conclude(
  outcome: Exclude<Attempt, Retryable>,
  request: EncodedRequest,
  tally: Tally,
  deps: DeliveryDeps,
): Verdict {
  switch (outcome.status) {
    case 'delivered':
      tally.settle('delivered', request.points);
      return { verdict: 'accepted' };
    case 'partial': {
      const rejected = Math.min(request.points, Math.max(0, outcome.rejected));
      tally.settle('rejected', rejected, describeError(outcome.cause));
      tally.settle('delivered', request.points - rejected);
      return { verdict: 'accepted' };
    }
    case 'rejected':
      tally.settle('rejected', request.points, describeError(outcome.cause));
      return { verdict: 'settled' };
    case 'split':
      return { verdict: 'refused', cause: outcome.cause };
    case 'late':
      tally.ambiguous();
      if (!request.idempotent) return drop(tally, request, 'not answered by the deadline', undefined);
      return keep(tally, request, { why: 'not answered by the deadline', cause: undefined }, deps);
    case 'threw':
      tally.ambiguous();
      return drop(tally, request, 'the sink broke while sending', outcome.cause);
  }
}

/** Spills what may be sent again; drops it if nobody takes it. */
function keep(
  tally: Tally,
  request: EncodedRequest,
  reason: { readonly why: string; readonly cause: unknown },
  deps: DeliveryDeps,
): Settled {
  if (deps.spill?.(request) !== true) return drop(tally, request, reason.why, reason.cause);
  tally.settle('spilled', request.points, reasonText(reason.why, reason.cause));
  return { verdict: 'settled' };
}

function drop(tally: Tally, request: EncodedRequest, why: string, cause: unknown): Settled {
  tally.settle('dropped', request.points, reasonText(why, cause));
  return { verdict: 'settled' };
}

function reasonText(why: string, cause: unknown): string {
  return cause === undefined ? why : `${why}: ${describeError(cause)}`;
}
