import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotaShares } from '../../shared/app/quota-shares.ts';
import type { Runtime } from '../../shared/app/runtime.ts';
import type { Clock } from '../../shared/core/clock.ts';
import type { QuotaShare } from '../../shared/core/quota-share.ts';
import { MINUTE, SECOND } from '../../shared/core/units.ts';
import { createBucket } from '../../shared/delivery/bucket.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import { createPacer, type Pace } from '../../shared/delivery/pacer.ts';
import type { SendOutcome } from '../../shared/sinks/sink.ts';
import { createRateLimit } from '../sim/rate-limit.ts';
import { batchOf, createFakeSink } from '../unit/delivery/fake-sink.ts';
import { createVirtualTime } from '../unit/delivery/virtual-time.ts';

interface Taken {
  readonly at: number;
  readonly cost: number;
}

/** The most that some window held above `rate × length + burst`. */
function excess(taken: readonly Taken[], perSecond: number, burst: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const [first, { at: from }] of taken.entries()) {
    let held = 0;
    for (const { at, cost } of taken.slice(first)) {
      held += cost;
      most = Math.max(most, held - (perSecond * (at - from)) / SECOND - burst);
    }
  }
  return most;
}

/** Sums of fractions are not exact. */
const ROUNDING = 1e-3;

const STEPS = fc.array(
  fc.record({ pass: fc.integer({ min: 0, max: 3_000 }), cost: fc.double({ min: 0.1, max: 60, noNaN: true }) }),
  { maxLength: 80 },
);

describe('a bucket, whenever it is asked for whatever', () => {
  it('gives in no time T more than rate × T + burst, and what it asks to wait is enough', () => {
    fc.assert(
      fc.property(
        STEPS,
        fc.double({ min: 0.5, max: 100, noNaN: true }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (steps, perSecond, burst) => {
          let now = 1_000;
          const bucket = createBucket({ perSecond, burst }, now);
          const taken: Taken[] = [];
          for (const { pass, cost } of steps) {
            now += pass;
            const wait = bucket.wait(cost, now);
            if (wait > 0 && pass % 2 === 0) continue;
            now += wait;
            expect(bucket.wait(cost, now)).toBe(0);
            bucket.take(cost);
            taken.push({ at: now, cost });
          }

          const largest = Math.max(burst, ...taken.map(({ cost }) => cost));
          expect(excess(taken, perSecond, largest)).toBeLessThanOrEqual(ROUNDING);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Moments at which some function sends as much as it may, in requests of so many points; then it may end its work. */
const MOMENTS = fc.array(
  fc.record({
    /** In thousandths of the quota's window. */
    pass: fc.integer({ min: 0, max: 20 }),
    who: fc.nat({ max: 1_000 }),
    points: fc.integer({ min: 1, max: 10 }),
    ends: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
  }),
  { minLength: 200, maxLength: 400 },
);

type Lease = ReturnType<typeof createPacer>;

/** What one process does: it works for one shard after the other. */
interface Slot {
  readonly source: number;
  process: Lease;
  pace: Pace;
}

describe('the functions of a tick', () => {
  it('together send in no window of a quota more than it, whenever each of them asks, warm and cold', () => {
    let fullest = 0;
    fc.assert(
      fc.property(
        MOMENTS,
        fc.record({
          most: fc.integer({ min: 200, max: 2_000 }),
          per: fc.constantFrom(SECOND, 10 * SECOND, MINUTE),
          sources: fc.integer({ min: 1, max: 3 }),
          shards: fc.integer({ min: 1, max: 6 }),
          shardConcurrency: fc.integer({ min: 1, max: 6 }),
          warm: fc.boolean(),
        }),
        (moments, { most, per, sources, shards, shardConcurrency, warm }) => {
          let now = 0;
          const clock: Clock = { now: () => now, sleep: async () => {} };
          const runtime = {
            sources: Array.from({ length: sources }),
            config: { shardConcurrency },
            platform: { shardInvoker: { invoke: async () => expect.unreachable() } },
          } as unknown as Runtime;
          const { shard, totals } = quotaShares(runtime, shards);
          const limit = createRateLimit({ most, per });
          const start = (): Lease => createPacer({ points: { most, per } }, clock);
          const slotOf = (source: number, share: QuotaShare | undefined, process = start()): Slot => {
            return { source, process, pace: process(share) };
          };
          const send = (pace: Pace, points: number): void => {
            const request = { points, bytes: points };
            const sized = pace.exceeds(request) ? { points: 1, bytes: 1 } : request;
            while (pace.take(sized) === 0) limit.admit(sized.points, now);
          };
          const parallel = Math.min(shards, shardConcurrency);
          const begun = Array.from({ length: sources }, () => parallel);
          const working = Array.from({ length: sources }, (_, source) =>
            Array.from({ length: parallel }, (__, index) => slotOf(source, shard(index))),
          ).flat();

          for (const { pass, who, points, ends } of moments) {
            now += (pass * per) / 1_000;
            const index = who % working.length;
            const slot = working[index];
            if (slot === undefined) break;
            send(slot.pace, points);
            const next = begun[slot.source] ?? 0;
            if (!ends || next > shards) continue;
            slot.pace[Symbol.dispose]();
            begun[slot.source] = next + 1;
            if (next < shards) working[index] = slotOf(slot.source, shard(next), warm ? slot.process : start());
            // The last shard has begun; when all have ended, the source reduces, in a new process.
            else {
              const others = working.filter((each) => each.source === slot.source && each !== slot);
              for (const each of others) working.splice(working.indexOf(each), 1);
              working[working.indexOf(slot)] = slotOf(slot.source, totals);
            }
          }

          expect(limit.refusals).toBe(0);
          fullest = Math.max(fullest, limit.fullest / most);
        },
      ),
      { numRuns: 300 },
    );
    // Not by being idle.
    expect(fullest).toBeGreaterThan(0.6);
  });
});

describe('deliver within a quota, whatever the backend does', () => {
  it('accounts for every point, starts nothing late, and stays within it with its repeats', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('delivered', 'throttled', 'paused', 'split', 'rejected', 'slow'), { maxLength: 30 }),
        fc.record({
          points: fc.integer({ min: 0, max: 120 }),
          perRequest: fc.integer({ min: 1, max: 40 }),
          concurrency: fc.integer({ min: 1, max: 4 }),
          requests: fc.integer({ min: 2, max: 40 }),
          most: fc.integer({ min: 20, max: 200 }),
          seconds: fc.integer({ min: 0, max: 6 }),
          spills: fc.boolean(),
        }),
        async (script, { requests, most, points, seconds, spills, ...options }) => {
          const time = createVirtualTime();
          const end = time.clock.now() + seconds * SECOND;
          const limits = [createRateLimit({ most: requests, per: SECOND }), createRateLimit({ most, per: SECOND })];
          const late: number[] = [];
          const sink = createFakeSink({
            ...options,
            send: async (request, _, call): Promise<SendOutcome> => {
              const now = time.clock.now();
              if (now >= end) late.push(call);
              limits[0]?.admit(1, now);
              limits[1]?.admit(request.points, now);
              const cause = new Error(script[call]);
              switch (script[call]) {
                case 'throttled':
                  return { status: 'retryable', ambiguous: false, cause };
                case 'paused':
                  return { status: 'retryable', ambiguous: false, cause, retryAfter: 700 };
                case 'split':
                  return { status: 'split', cause };
                case 'rejected':
                  return { status: 'rejected', cause };
                case 'slow':
                  await time.clock.sleep(900);
              }
              return { status: 'delivered' };
            },
          });
          const quota = { requests: { most: requests, per: SECOND }, points: { most, per: SECOND } };
          using pace = createPacer(quota, time.clock)(undefined);
          using deadline = time.deadline(seconds * SECOND);
          let kept = 0;
          const spill = (request: { readonly points: number }): boolean => {
            kept += request.points;
            return true;
          };
          const deps = { deadline, clock: time.clock, random: () => 0.5, pace, ...(spills ? { spill } : {}) };

          const report = await time.run(deliver(sink, batchOf(points), deps));

          expect(report.encoded).toBe(points);
          expect(report.delivered + report.rejected + report.dropped + report.spilled).toBe(points);
          expect(report.spilled).toBe(kept);
          expect(late).toEqual([]);
          expect(limits.map(({ refusals }) => refusals)).toEqual([0, 0]);
          expect(report.millis).toBeLessThanOrEqual(seconds * SECOND);
        },
      ),
      { numRuns: 60 },
    );
  });
});
