import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePartials } from '../../../shared/fanout/merge.ts';
import type { Partial, PartialTable } from '../../../shared/fanout/partial.ts';
import { PartialMerger } from '../../../shared/fanout/partial-merger.ts';
import { TotalValues } from '../../../shared/fanout/total-values.ts';

const EMPTY: PartialTable = { labelKeys: [], labels: [], metrics: {} };
const TICK = Date.UTC(2026, 0, 1);

function partial(shard: string, values: readonly number[]): Partial {
  const column = TotalValues.from(values) as TotalValues;
  return {
    version: 1,
    timestamp: TICK,
    shard,
    cluster: EMPTY,
    namespace: {
      labelKeys: ['namespace_name'],
      labels: values.map((_, row) => [`n${(row * 7) % values.length}`]),
      metrics: { 'cpu/usage_rate': { sum: column, count: [], min: [], max: [] } },
    },
    workload: EMPTY,
    group: EMPTY,
    nodes: [{ node: `node-${shard}`, status: 'answered', millis: 1, bytes: 1, pods: values.length }],
    rows: { pod: values.length },
    points: values.length,
    rates: { computed: 0, fallback: 0, reset: 0 },
    faults: { bad_time: 1 },
    warnings: [`of ${shard}`],
    sinks: [],
    stages: { scrape: values.length },
    apiServer: { requests: 1, bytes: 10, retries: 0, peakInFlight: 4 },
    peakRssBytes: 100,
  };
}

/** Values of the shards of a tick, undefined = the shard was lost, and the order in which they come. */
const ticks = fc
  .array(
    fc.option(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 6 }), { nil: undefined }),
    {
      maxLength: 40,
    },
  )
  .chain((shards) =>
    fc.record({
      shards: fc.constant(shards),
      order: fc.shuffledSubarray([...shards.keys()], { minLength: shards.length }),
    }),
  );

describe('PartialMerger', () => {
  it('makes of partials in any order what all of them at once make, to the bit', () => {
    fc.assert(
      fc.property(ticks, ({ shards, order }) => {
        const names = shards.map((_, index) => `s${index}`);
        const take = (index: number): Partial | undefined => {
          const values = shards[index];
          return values === undefined ? undefined : partial(`s${index}`, values);
        };
        const merger = new PartialMerger(names);
        for (const index of order) merger.take(`s${index}`, take(index));

        const all = mergePartials(names.flatMap((_, index) => take(index) ?? []));
        expect(JSON.stringify(merger.merged())).toBe(JSON.stringify(all));
      }),
    );
  });

  it('holds no more than some of the partials that come in their order', () => {
    const names = Array.from({ length: 30 }, (_, index) => `s${String(index).padStart(2, '0')}`);
    const merger = new PartialMerger(names);
    const partials = names.map((name) => partial(name, [1, 2, 3]));
    const held = (): number =>
      partials.filter(({ namespace }) => namespace.metrics['cpu/usage_rate']?.sum.length === 3).length;

    const most = partials.map((each) => {
      merger.take(each.shard, each);
      return partials.indexOf(each) + 1 - (partials.length - held());
    });

    expect(Math.max(...most)).toBeLessThanOrEqual(8);
    expect(merger.merged().points).toBe(90);
    expect(held()).toBe(0);
  });
});
