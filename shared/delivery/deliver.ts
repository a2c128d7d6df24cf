import { setImmediate as nextTurn } from 'node:timers/promises';
import { countBatchPoints, type MetricBatch } from '../core/batch.ts';
import { describeError } from '../core/errors.ts';
import type { EncodedRequest, EncodeRejection, Sink } from '../sinks/sink.ts';
import { type DeliveryDeps, deliverRequest, type Pause, type Spill } from './deliver-request.ts';
import { createLane } from './lane.ts';
import type { SinkReport } from './report.ts';
import { createTally, type Tally } from './tally.ts';

/**
 * Delivers a batch to one sink inside the deadline: workers pull requests from `encode` as they get free, so that a
 * batch is never held encoded as a whole. Every point of the batch is counted once; throws never.
 */
export async function deliver(sink: Sink, batch: MetricBatch, deps: DeliveryDeps): Promise<SinkReport> {
  const begin = deps.clock.now();
  const tally = createTally();
  const source = createRequestSource(sink, batch, tally);
  const held = await sendAll(sink, source, tally, hasNothing(batch) ? outOfLine(deps) : deps);
  source.settleRest(deps.spill, held);
  return tally.report(sink.name, sink.shown, deps.clock.now() - begin);
}

/** Delivers requests that were encoded before, oldest first; what is not taken goes to `spill` again. Throws never. */
export async function redeliver(
  sink: Sink,
  requests: readonly EncodedRequest[],
  deps: DeliveryDeps,
): Promise<SinkReport> {
  const begin = deps.clock.now();
  const tally = createTally();
  const waiting = [...requests];
  const held = await sendAll(
    sink,
    { next: () => waiting.shift() },
    tally,
    waiting.length === 0 ? outOfLine(deps) : deps,
  );
  for (const request of waiting) {
    tally.settle(deps.spill?.(request) === true ? 'spilled' : 'dropped', request.points, held ?? UNSENT);
  }
  return tally.report(sink.name, sink.shown, deps.clock.now() - begin);
}

const UNSENT = 'not sent before the deadline';
const UNENCODED = 'not encoded before the deadline';

/** Whether a batch has no column at all, nor series that ended; values are not looked at. */
function hasNothing({ tables, ended }: MetricBatch): boolean {
  return (
    ended === undefined &&
    Object.values(tables).every(({ columns, sparse }) => sparse.length === 0 && columns.every((c) => c === undefined))
  );
}

/** Who has nothing to send waits for nobody. */
function outOfLine(deps: DeliveryDeps): DeliveryDeps {
  return { ...deps, lane: undefined };
}

/**
 * Sends what the source gives with as many workers as the sink allows, until it is empty, the deadline has come, or there is
 * no room before it: then why, and the rest is not even encoded for it. A worker has a place in flight before it encodes its first
 * request and until there is none left: while it waits because the backend asked for it, nobody else takes its place.
 */
async function sendAll(
  sink: Sink,
  source: Pick<RequestSource, 'next'>,
  tally: Tally,
  deps: DeliveryDeps,
): Promise<string | undefined> {
  const pause: Pause = { until: Number.NEGATIVE_INFINITY };
  const turn = (deps.lane ?? createLane(sink.limits.concurrency)).begin();
  const isOver = (): boolean => deps.deadline.signal.aborted || deps.deadline.remaining() <= 0;
  let held: string | undefined;
  const work = async (): Promise<void> => {
    while (held === undefined) {
      // Timers, answers and the other sinks get their turn before each request is encoded.
      await nextTurn();
      if (isOver()) return;
      const request = source.next();
      if (request === undefined) return;
      held = (await deliverRequest(sink, request, tally, pause, deps)) ?? held;
    }
  };
  const workInPlace = async (): Promise<void> => {
    if (isOver() || !(await turn.take(deps.deadline.signal))) return;
    try {
      await work();
    } finally {
      turn.give();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, sink.limits.concurrency) }, workInPlace));
  return held;
}

interface RequestSource {
  /** The next request; undefined when there is none, or when encoding broke. */
  next(): EncodedRequest | undefined;
  /** Encodes and spills what nobody asked for, as long as it is taken; counts the rest as dropped, and ends the generator. */
  settleRest(spill: Spill | undefined, held: string | undefined): void;
}

/** Feeds all workers from the sink's one generator, and knows which points of the batch it has not seen. */
function createRequestSource(sink: Sink, batch: MetricBatch, tally: Tally): RequestSource {
  let requests: Iterator<EncodedRequest> | undefined;
  let state: 'open' | 'ended' | 'broken' = 'open';
  let problem: string | undefined;
  const broken = (error: unknown): undefined => {
    state = 'broken';
    problem = `the sink broke while encoding: ${describeError(error)}`;
  };
  const reject = (rejection: EncodeRejection): void => tally.settle('rejected', rejection.points, rejection.reason);
  return {
    next() {
      if (state !== 'open') return undefined;
      try {
        requests ??= sink.encode(batch, reject)[Symbol.iterator]();
        const step = requests.next();
        if (step.done !== true) return step.value;
        state = 'ended';
        return undefined;
      } catch (error) {
        return broken(error);
      }
    },
    settleRest(spill, held) {
      if (spill !== undefined) {
        for (let request = this.next(); request !== undefined; request = this.next()) {
          const taken = spill(request);
          tally.settle(taken ? 'spilled' : 'dropped', request.points, held ?? UNSENT);
          if (!taken) break;
        }
      }
      if (state === 'ended') return;
      try {
        if (state === 'open') requests?.return?.();
      } catch (error) {
        broken(error);
      }
      tally.settle('dropped', Math.max(0, countBatchPoints(batch) - tally.settled), problem ?? held ?? UNENCODED);
    },
  };
}
