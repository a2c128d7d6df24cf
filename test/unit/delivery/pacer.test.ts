import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../shared/core/units.ts';
import { createPacer, createPacers } from '../../../shared/delivery/pacer.ts';
import type { SinkQuota } from '../../../shared/sinks/quota.ts';
import { createFakeSink } from './fake-sink.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

const ONE = { points: 1, bytes: 10 };
const HALF = { rate: 0.5, burst: 0.5, turn: 0 };

function pacer(quota: SinkQuota): { readonly time: VirtualTime; readonly lease: ReturnType<typeof createPacer> } {
  const time = createVirtualTime();
  return { time, lease: createPacer(quota, time.clock) };
}

/** How many requests may start now. */
function burstOf(pace: { take(request: typeof ONE): number }): number {
  let taken = 0;
  while (pace.take(ONE) === 0) taken++;
  return taken;
}

describe('createPacer', () => {
  it('takes from every bucket or from none', () => {
    const { lease } = pacer({ requests: { most: 40, per: SECOND }, points: { most: 400, per: SECOND } });
    using pace = lease(undefined);

    expect(pace.take({ points: 80, bytes: 0 })).toBe(0);
    // No points are left, and no request was taken for it.
    expect(pace.take({ points: 28, bytes: 0 })).toBe(100);
    expect(burstOf({ take: () => pace.take({ points: 0, bytes: 0 }) })).toBe(7);
  });

  it('counts bytes of bodies', () => {
    const { lease } = pacer({ bytes: { most: 4_000, per: SECOND } });
    using pace = lease(undefined);

    expect(pace.exceeds({ points: 1, bytes: 801 })).toBe(true);
    expect(pace.exceeds({ points: 1_000_000, bytes: 800 })).toBe(false);
    expect([pace.take({ points: 1, bytes: 800 }), pace.take({ points: 1, bytes: 280 })]).toEqual([0, 100]);
  });

  it('gives all exports of one process the same buckets if they have the whole quota', () => {
    const { lease } = pacer({ requests: { most: 40, per: SECOND } });
    using first = lease(undefined);
    using second = lease(undefined);

    expect([burstOf(first), burstOf(second)]).toEqual([8, 0]);
  });

  it('gives exports with a share their own buckets while they are side by side', () => {
    const { lease } = pacer({ requests: { most: 40, per: SECOND } });
    using first = lease(HALF);
    using second = lease({ ...HALF, turn: 0.5 });

    expect([burstOf(first), burstOf(second)]).toEqual([4, 4]);
  });

  it('goes on with what an export before has left, as a warm process does within a second', async () => {
    const { lease, time } = pacer({ requests: { most: 40, per: SECOND } });
    const first = lease(HALF);
    burstOf(first);
    first[Symbol.dispose]();

    using soon = lease(HALF);
    expect(burstOf(soon)).toBe(0);
    await time.run(time.clock.sleep(200));
    expect(burstOf(soon)).toBe(2);
    soon[Symbol.dispose]();
    await time.run(time.clock.sleep(MINUTE));
    using later = lease(HALF);
    expect(burstOf(later)).toBe(4);
  });

  it('makes those take turns whose shares are less than a request', () => {
    const first: number[] = [];
    for (let index = 0; index < 5; index++) {
      // Each is a process of its own.
      using pace = pacer({ requests: { most: 1, per: SECOND } }).lease({ rate: 0.2, burst: 0.1, turn: index / 5 });
      first.push(pace.take(ONE));
    }

    expect(first).toEqual([7_001, 5_572, 4_143, 2_715, 1_286]);
  });

  it('says which quota had no room, and the options that change it', () => {
    const { lease } = pacer({ requests: { most: 15_000, per: MINUTE }, points: { most: 70_000, per: SECOND } });

    using pace = lease(undefined);

    expect(pace.reason).toBe(
      'not sent before the deadline: no room within the quota of 15000 requests a minute (max_requests_per_sec) and ' +
        '70000 points a second (max_points_per_sec)',
    );
  });
});

describe('createPacers', () => {
  it('has none for a sink without a quota, and one for a sink however it is wrapped', () => {
    const time = createVirtualTime();
    const free = createFakeSink({ send: async () => ({ status: 'delivered' }) });
    const bound = {
      ...free,
      shown: 'bound:',
      limits: { ...free.limits, quota: { requests: { most: 8, per: SECOND } } },
    };
    const pacers = createPacers([free, bound], time.clock);

    expect(pacers.lease(free, undefined)).toBeUndefined();
    expect(pacers.lease(bound, undefined)?.take(ONE)).toBe(0);
    expect(pacers.lease({ ...bound }, undefined)?.take(ONE)).toBeGreaterThan(0);
  });
});
