import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../shared/core/units.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { SendOutcome } from '../../shared/sinks/sink.ts';
import { batchOf, createFakeSink } from '../unit/delivery/fake-sink.ts';
import { createVirtualTime } from '../unit/delivery/virtual-time.ts';

const OUTCOMES = [
  'delivered',
  'partial',
  'throttled',
  'paused',
  'lost',
  'rejected',
  'split',
  'throws',
  'hangs',
  'slow',
] as const;

/** What a backend does, call by call; after its end it delivers. */
const SCRIPT = fc.array(fc.constantFrom(...OUTCOMES), { maxLength: 60 });

describe('deliver, whatever the backend does', () => {
  it('accounts for every point, stores none twice but after a doubt, and ends by the deadline', async () => {
    await fc.assert(
      fc.asyncProperty(
        SCRIPT,
        fc.record({
          points: fc.integer({ min: 0, max: 120 }),
          perRequest: fc.integer({ min: 1, max: 40 }),
          concurrency: fc.integer({ min: 1, max: 5 }),
          idempotent: fc.boolean(),
          refused: fc.integer({ min: 0, max: 10 }),
          seconds: fc.integer({ min: 0, max: 30 }),
          random: fc.double({ min: 0, max: 0.999, noNaN: true }),
        }),
        async (script, { points, seconds, random, ...options }) => {
          const time = createVirtualTime();
          const begin = time.clock.now();
          const end = begin + seconds * SECOND;
          const stored = new Map<number, number>();
          const late: number[] = [];
          let answered = 0;
          const store = (from: number, to: number): void => {
            for (let point = from; point < to; point++) stored.set(point, (stored.get(point) ?? 0) + 1);
          };
          const sink = createFakeSink({
            ...options,
            send: async ({ from, to }, _, call): Promise<SendOutcome> => {
              if (time.clock.now() >= end) late.push(call);
              const cause = new Error(script[call]);
              switch (script[call]) {
                case 'partial':
                  store(from + 1, to);
                  answered += to - from - 1;
                  return { status: 'partial', rejected: 1, cause };
                case 'throttled':
                  return { status: 'retryable', ambiguous: false, cause };
                case 'paused':
                  return { status: 'retryable', ambiguous: false, cause, retryAfter: 2 * SECOND };
                case 'lost':
                  store(from, to);
                  return { status: 'retryable', ambiguous: true, cause };
                case 'rejected':
                  return { status: 'rejected', cause };
                case 'split':
                  return { status: 'split', cause };
                case 'throws':
                  throw cause;
                case 'hangs':
                  return await new Promise(() => {});
                case 'slow':
                  await time.clock.sleep(3 * SECOND);
                  if (time.clock.now() >= end) return { status: 'delivered' };
                  break;
              }
              store(from, to);
              answered += to - from;
              return { status: 'delivered' };
            },
          });
          using deadline = time.deadline(seconds * SECOND);

          const report = await time.run(
            deliver(sink, batchOf(points), { deadline, clock: time.clock, random: () => random }),
          );

          expect(report.encoded).toBe(points);
          expect(report.delivered + report.rejected + report.dropped).toBe(points);
          expect(report.delivered).toBe(answered);
          expect(report.problems.reduce((sum, problem) => sum + problem.points, 0)).toBeLessThanOrEqual(
            report.rejected + report.dropped,
          );
          expect(report.requests).toBe(sink.sent.length);
          expect(late).toEqual([]);
          expect(report.millis).toBeLessThanOrEqual(seconds * SECOND);
          if (!options.idempotent) expect(Math.max(0, ...stored.values())).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 200 },
    );
  });
});
