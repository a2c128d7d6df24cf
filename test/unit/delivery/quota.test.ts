import { describe, expect, it } from 'vitest';
import type { QuotaShare } from '../../../shared/core/quota-share.ts';
import { SECOND } from '../../../shared/core/units.ts';
import { deliver, redeliver } from '../../../shared/delivery/deliver.ts';
import { createPacer } from '../../../shared/delivery/pacer.ts';
import type { SinkReport } from '../../../shared/delivery/report.ts';
import type { SinkQuota } from '../../../shared/sinks/quota.ts';
import type { EncodedRequest, SendOutcome } from '../../../shared/sinks/sink.ts';
import { createRateLimit, type RateLimit } from '../../sim/rate-limit.ts';
import { batchOf, createFakeSink, type FakeSink, rangeRequest } from './fake-sink.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

const REQUESTS = { most: 20, per: SECOND };
const POINTS = { most: 400, per: SECOND };
const THROTTLED: SendOutcome = { status: 'retryable', cause: new Error('429'), ambiguous: false, retryAfter: 50 };
/** Two shards that run at once; the totals come after them. */
const SHARD: readonly QuotaShare[] = [0, 1].map((index) => ({ rate: 0.5, burst: 0.25, turn: index / 2 }));

/** A sink whose backend refuses whatever is above its quota. */
function strictSink(time: VirtualTime, limit: RateLimit, cost: (request: EncodedRequest) => number): FakeSink {
  return createFakeSink({
    perRequest: 10,
    concurrency: 4,
    send: async (request) => {
      const taken = limit.admit(cost(request), time.clock.now());
      await time.clock.sleep(5);
      return taken ? { status: 'delivered' } : THROTTLED;
    },
  });
}

interface Exported {
  readonly report: SinkReport;
  readonly kept: readonly EncodedRequest[];
}

function exporter(time: VirtualTime, sink: FakeSink, quota: SinkQuota | undefined) {
  const lease = quota === undefined ? undefined : createPacer(quota, time.clock);
  return async (points: number, seconds: number, share?: QuotaShare): Promise<Exported> => {
    using deadline = time.deadline(seconds * SECOND);
    using pace = lease?.(share);
    const kept: EncodedRequest[] = [];
    const spill = (request: EncodedRequest): boolean => kept.push(request) > 0;
    const deps = { deadline, clock: time.clock, random: () => 0.5, spill, pace };
    const report = await deliver(sink, batchOf(points), deps);
    expect(report.encoded).toBe(report.delivered + report.rejected + report.dropped + report.spilled);
    return { report, kept };
  };
}

describe('deliver within a quota', () => {
  it('sends what goes at once, then evenly, and is never refused', async () => {
    const time = createVirtualTime();
    const limit = createRateLimit(REQUESTS);
    const run = exporter(
      time,
      strictSink(time, limit, () => 1),
      { requests: REQUESTS },
    );

    const { report } = await time.run(run(350, 20));

    expect(report).toMatchObject({ delivered: 350, requests: 35, retries: 0 });
    expect(limit.refusals).toBe(0);
    // 4 at once, 31 at 14 a second.
    expect(report.millis).toBeGreaterThanOrEqual(2.2 * SECOND);
    expect(report.millis).toBeLessThan(2.4 * SECOND);
  });

  it('is refused without one: the backend of these tests is strict', async () => {
    const time = createVirtualTime();
    const limit = createRateLimit(REQUESTS);
    const run = exporter(
      time,
      strictSink(time, limit, () => 1),
      undefined,
    );

    const { report } = await time.run(run(500, 20));

    expect(report.delivered).toBe(500);
    expect(limit.refusals).toBeGreaterThan(0);
  });

  it('divides a request that is larger than what may go at once', async () => {
    const time = createVirtualTime();
    const quota = { most: 16, per: SECOND };
    const limit = createRateLimit(quota);
    const sink = strictSink(time, limit, ({ points }) => points);
    const run = exporter(time, sink, { points: quota });

    const { report } = await time.run(run(40, 20));

    expect(report).toMatchObject({ delivered: 40, retries: 0 });
    expect(limit.refusals).toBe(0);
    expect(Math.max(...sink.sent.map(({ points }) => points))).toBeLessThanOrEqual(4);
    expect(sink.sent.reduce((sum, { points }) => sum + points, 0)).toBe(40);
  });

  it('keeps for later what cannot start before the deadline, says why, and sends nothing late', async () => {
    const time = createVirtualTime();
    const limit = createRateLimit(REQUESTS);
    const starts: number[] = [];
    const strict = strictSink(time, limit, () => 1);
    const sink: FakeSink = {
      ...strict,
      send(request, signal) {
        starts.push(time.clock.now());
        return strict.send(request, signal);
      },
    };
    const end = time.clock.now() + SECOND;
    const run = exporter(time, sink, { requests: REQUESTS });

    const { report, kept } = await time.run(run(500, 1));

    expect(report).toMatchObject({ delivered: 170, spilled: 330, dropped: 0 });
    expect(kept.reduce((sum, { points }) => sum + points, 0)).toBe(330);
    expect(report.problems[0]?.problem).toBe(
      'not sent before the deadline: no room within the quota of 20 requests a second (max_requests_per_sec)',
    );
    expect(Math.max(...starts)).toBeLessThan(end);
    expect(report.millis).toBeLessThanOrEqual(SECOND);
  });

  it('does not encode what nobody keeps and no room is left for', async () => {
    const time = createVirtualTime();
    let encoded = 0;
    const sink = createFakeSink({ send: async () => ({ status: 'delivered' }) });
    const counted: FakeSink = {
      ...sink,
      *encode(batch, reject) {
        for (const request of sink.encode(batch, reject)) {
          encoded++;
          yield request;
        }
      },
    };
    using deadline = time.deadline(SECOND);
    using pace = createPacer({ requests: REQUESTS }, time.clock)(undefined);
    const deps = { deadline, clock: time.clock, random: () => 0.5, pace };

    const report = await time.run(deliver(counted, batchOf(1_000), deps));

    expect(report).toMatchObject({ encoded: 1_000, delivered: 170, dropped: 830 });
    expect(report.problems).toEqual([{ problem: pace.reason, points: 830 }]);
    expect(encoded).toBe(18);
  });

  it('gives a divided request back to its encoder when all of it was taken, and not while a part waits', async () => {
    const back: number[] = [];
    const time = createVirtualTime();
    const sink = createFakeSink({
      perRequest: 32,
      send: async () => ({ status: 'delivered' }),
      released: ({ from }) => back.push(from),
    });
    const run = exporter(time, sink, { points: { most: 16, per: SECOND } });

    const { report } = await time.run(run(96, 4));

    expect(report.delivered).toBeGreaterThan(32);
    expect(report.delivered).toBeLessThan(64);
    expect(back).toEqual([0]);
  });

  it('keeps the rest of a divided request in few pieces', async () => {
    const time = createVirtualTime();
    const sink = createFakeSink({ perRequest: 1_024, send: async () => ({ status: 'delivered' }) });
    const run = exporter(time, sink, { points: { most: 16, per: SECOND } });

    const { report, kept } = await time.run(run(1_024, 1));

    expect(report.delivered + report.spilled).toBe(1_024);
    expect(report.delivered).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(20);
  });

  it('counts a repeat as a request of its own', async () => {
    const time = createVirtualTime();
    const times: number[] = [];
    const sink = createFakeSink({
      send: async (_, __, call) => {
        times.push(time.clock.now());
        return call < 3 ? { ...THROTTLED, retryAfter: 0 } : { status: 'delivered' };
      },
    });
    const run = exporter(time, sink, { requests: { most: 4, per: SECOND } });

    const { report } = await time.run(run(10, 20));

    expect(report).toMatchObject({ delivered: 10, requests: 4, retries: 3 });
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(SECOND);
  });

  it('replays what waits out of the same bucket', async () => {
    const time = createVirtualTime();
    const limit = createRateLimit(REQUESTS);
    const sink = strictSink(time, limit, () => 1);
    const lease = createPacer({ requests: REQUESTS }, time.clock);
    using deadline = time.deadline(20 * SECOND);
    using pace = lease(undefined);
    const deps = { deadline, clock: time.clock, random: () => 0.5, pace };

    const both = async (): Promise<readonly SinkReport[]> => [
      await deliver(sink, batchOf(200), deps),
      await redeliver(
        sink,
        Array.from({ length: 20 }, (_, index) => rangeRequest(index * 10, index * 10 + 10)),
        deps,
      ),
    ];
    const reports = await time.run(both());

    expect(reports.map(({ delivered, retries }) => [delivered, retries])).toEqual([
      [200, 0],
      [200, 0],
    ]);
    expect(limit.refusals).toBe(0);
  });

  it.each([
    ['requests', REQUESTS, () => 1],
    ['points', POINTS, (request: EncodedRequest) => request.points],
  ] as const)(
    'keeps two shards and the totals after them together within %s, with not one refusal',
    async (kind, quota, cost) => {
      const time = createVirtualTime();
      const limit = createRateLimit(quota);
      const sink = strictSink(time, limit, cost);
      const shards = SHARD.map(() => exporter(time, sink, { [kind]: quota }));
      const totals = exporter(time, sink, { [kind]: quota });

      const tick = async (): Promise<readonly Exported[]> => [
        ...(await Promise.all(shards.map((run, index) => run(300, 20, SHARD[index])))),
        await totals(300, 20, { rate: 1, burst: 0.25, turn: 0 }),
      ];
      const exported = await time.run(tick());

      expect(exported.map(({ report }) => report.delivered)).toEqual([300, 300, 300]);
      expect(exported.map(({ report }) => report.retries)).toEqual([0, 0, 0]);
      expect(limit.refusals).toBe(0);
      // Not by being idle.
      expect(limit.fullest).toBeGreaterThanOrEqual(0.7 * quota.most);
      expect(exported[2]?.report.millis).toBeLessThan((exported[0]?.report.millis ?? 0) * 0.7);
    },
  );
});
