import { describe, expect, it } from 'vitest';
import { quotaShares } from '../../../shared/app/quota-shares.ts';
import type { Runtime } from '../../../shared/app/runtime.ts';
import type { QuotaShare } from '../../../shared/core/quota-share.ts';

function runtime(sources: number, shardConcurrency: number, functions: boolean): Runtime {
  const never = (): never => {
    throw new Error('nobody is invoked');
  };
  return {
    sources: Array.from({ length: sources }),
    config: { shardConcurrency },
    platform: functions ? { shardInvoker: { invoke: never }, reducer: { reduce: never } } : {},
  } as unknown as Runtime;
}

function sharesOf(sources: number, concurrency: number, shards: number): readonly QuotaShare[] {
  const { shard } = quotaShares(runtime(sources, concurrency, true), shards);
  return Array.from({ length: shards }, (_, index) => shard(index) ?? { rate: 1, burst: 1, turn: 0 });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('quotaShares', () => {
  it('gives everything to a process that does everything', () => {
    const shares = quotaShares(runtime(3, 50, false), 10);

    expect([shares.shard(0), shares.totals]).toEqual([undefined, undefined]);
  });

  it('gives shards that run at once the whole rate together, and the totals after them all of it', () => {
    const shards = sharesOf(1, 50, 4);
    const { totals } = quotaShares(runtime(1, 50, true), 4);

    expect(sum(shards.map(({ rate }) => rate))).toBeCloseTo(1);
    expect(totals?.rate).toBe(1);
  });

  it('divides the rate only among those that run at once', () => {
    const shards = sharesOf(1, 5, 20);

    expect(shards[0]?.rate).toBeCloseTo(1 / 5);
    expect(new Set(shards.slice(0, 5).map(({ turn }) => turn)).size).toBe(5);
  });

  it('lets no more than the burst go at once, however many processes are new', () => {
    for (const [sources, concurrency, shards] of [
      [1, 50, 1],
      [1, 5, 40],
      [7, 3, 11],
    ] as const) {
      const { totals } = quotaShares(runtime(sources, concurrency, true), shards);
      const bursts = sum(sharesOf(sources, concurrency, shards).map(({ burst }) => burst));

      // Shards, totals, and the tick's own numbers, of every source.
      expect(sources * (bursts + 2 * (totals?.burst ?? 0))).toBeCloseTo(1);
    }
  });

  it('gives each of several sources the same part, as all may be at work at once', () => {
    const { totals } = quotaShares(runtime(4, 50, true), 2);

    expect(totals?.rate).toBe(0.25);
    expect(sharesOf(4, 50, 2)[1]).toEqual({ rate: 0.125, burst: 0.0625, turn: 0.5 });
  });
});
