import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../../shared/core/units.ts';
import { deliver, redeliver } from '../../../shared/delivery/deliver.ts';
import { createLane, createLanes, type Lane } from '../../../shared/delivery/lane.ts';
import type { SendOutcome } from '../../../shared/sinks/sink.ts';
import { batchOf, createFakeSink } from './fake-sink.ts';
import { createVirtualTime } from './virtual-time.ts';

const DELIVERED: SendOutcome = { status: 'delivered' };
const THROTTLED: SendOutcome = { status: 'retryable', cause: new Error('slow down'), ambiguous: false };
const never = new AbortController().signal;

/** How many places of a lane are free. */
async function freePlaces(lane: Lane, places: number): Promise<number> {
  const turn = lane.begin();
  const now = AbortSignal.timeout(0);
  const taken = await Promise.all(Array.from({ length: places + 1 }, () => turn.take(now)));
  return taken.filter((is) => is).length;
}

describe('a lane', () => {
  it('serves deliveries in the order in which they began, and each in the order of its requests', async () => {
    const lane = createLane(1);
    const [first, second, third] = [lane.begin(), lane.begin(), lane.begin()];
    const order: string[] = [];
    const take = async (turn: typeof first, name: string): Promise<void> => {
      await turn.take(never);
      order.push(name);
      turn.give();
    };
    await first.take(never);
    const waiting = [take(third, '3a'), take(second, '2a'), take(third, '3b'), take(first, '1a'), take(second, '2b')];

    first.give();
    await Promise.all(waiting);

    expect(order).toEqual(['1a', '2a', '2b', '3a', '3b']);
  });

  it('lets go who gives up waiting, and passes the place on', async () => {
    const lane = createLane(1);
    const [first, second, third] = [lane.begin(), lane.begin(), lane.begin()];
    const giveUp = new AbortController();
    await first.take(never);
    const gone = second.take(giveUp.signal);
    const next = third.take(never);

    giveUp.abort();
    first.give();

    expect(await gone).toBe(false);
    expect(await next).toBe(true);
    expect(await second.take(giveUp.signal)).toBe(false);
  });

  it('is another for each sink, and the same for all deliveries of one', () => {
    const lanes = createLanes();
    const [one, other] = [
      createFakeSink({ send: async () => DELIVERED }),
      createFakeSink({ send: async () => DELIVERED }),
    ];

    expect(lanes.of(one)).toBe(lanes.of(one));
    expect(lanes.of(one)).not.toBe(lanes.of(other));
  });
});

describe('deliveries on one lane', () => {
  it('never have more in flight than its places, count each point once, and leave every place free', async () => {
    const plan = fc.record({
      places: fc.integer({ min: 1, max: 4 }),
      deliveries: fc.array(
        fc.record({
          points: fc.integer({ min: 0, max: 60 }),
          begins: fc.integer({ min: 0, max: 3_000 }),
          seconds: fc.integer({ min: 0, max: 6 }),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      /** By request: how long its answer takes, and what it is. */
      answers: fc.array(
        fc.record({
          millis: fc.integer({ min: 0, max: 2_500 }),
          kind: fc.constantFrom('yes', 'later', 'throws', 'hangs'),
        }),
        { minLength: 1, maxLength: 8 },
      ),
    });

    await fc.assert(
      fc.asyncProperty(plan, async ({ places, deliveries, answers }) => {
        const time = createVirtualTime();
        const lane = createLane(places);
        let calls = 0;
        let inFlight = 0;
        let most = 0;
        const sink = createFakeSink({
          concurrency: places,
          async send(_, signal) {
            const { millis, kind } = answers[calls++ % answers.length]!;
            most = Math.max(most, ++inFlight);
            try {
              if (kind === 'hangs') await new Promise((resolve) => signal.addEventListener('abort', resolve));
              else await time.clock.sleep(millis, signal);
            } finally {
              inFlight--;
            }
            if (kind === 'throws') throw new Error('broken');
            return kind === 'later' ? THROTTLED : DELIVERED;
          },
        });
        const all = deliveries.map(async ({ points, begins, seconds }) => {
          await time.clock.sleep(begins, never);
          using deadline = time.deadline(seconds * SECOND);
          const report = await deliver(sink, batchOf(points), { deadline, clock: time.clock, random: () => 0.5, lane });
          expect(report.encoded).toBe(report.delivered + report.rejected + report.dropped);
          expect(report.encoded).toBe(points);
        });
        await time.run(Promise.all(all));

        expect(most).toBeLessThanOrEqual(places);
        expect(await freePlaces(lane, places)).toBe(places);
      }),
      { numRuns: 60 },
    );
  });

  it('finish one after the other', async () => {
    const time = createVirtualTime();
    const lane = createLane(2);
    const sink = createFakeSink({
      concurrency: 2,
      async send(_, signal) {
        await time.clock.sleep(SECOND, signal);
        return DELIVERED;
      },
    });
    using deadline = time.deadline(60 * SECOND);
    const ends: number[] = [];
    const begin = time.clock.now();
    const deps = { deadline, clock: time.clock, random: () => 0.5, lane };

    await time.run(
      Promise.all(
        [40, 40, 40].map(async (points) => {
          await deliver(sink, batchOf(points), deps);
          ends.push(time.clock.now() - begin);
        }),
      ),
    );

    // Four requests each, two at once.
    expect(ends).toEqual([2 * SECOND, 4 * SECOND, 6 * SECOND]);
  });

  it('that have nothing to send wait for nobody', async () => {
    const time = createVirtualTime();
    const lane = createLane(1);
    await lane.begin().take(never);
    const sink = createFakeSink({ send: async () => DELIVERED });
    using deadline = time.deadline(60 * SECOND);
    const begin = time.clock.now();
    const deps = { deadline, clock: time.clock, random: () => 0.5, lane };

    await time.run(Promise.all([deliver(sink, batchOf(0), deps), redeliver(sink, [], deps)]));

    expect(time.clock.now()).toBe(begin);
  });
});
