import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grouping } from '../../shared/config/config.ts';
import { mergePartials } from '../../shared/fanout/merge.ts';
import type { PartialTable } from '../../shared/fanout/partial.ts';
import type { TotalTables } from '../../shared/fanout/reducer.ts';
import { foldShard, type NodeSample, partialOf, rowsOf, totalsBatch } from '../unit/processors/fold-shard.ts';
import { podObject, testNode } from '../unit/processors/rows.ts';

const GROUPINGS: readonly Grouping[] = [
  { text: 'label:app', keys: [{ kind: 'label', name: 'app' }] },
  {
    text: 'namespace,node-label:zone',
    keys: [
      { kind: 'namespace', name: 'namespace' },
      { kind: 'node-label', name: 'zone' },
    ],
  },
];

/** Whole numbers, whose sums are exact in any order. */
const value = fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined });

const pod = fc.record({
  namespace: fc.constantFrom('a', 'b', 'c'),
  app: fc.constantFrom(undefined, '', 'web', 'db'),
  cpu: value,
  memory: value,
  request: fc.constantFrom(undefined, '0', '100m', '1'),
  hostNetwork: fc.boolean(),
  rx: value,
  reported: fc.boolean(),
  known: fc.boolean(),
});

const node = fc.record({
  zone: fc.constantFrom(undefined, 'z1', 'z2'),
  answers: fc.boolean(),
  pods: fc.array(pod, { maxLength: 6 }),
});

function samplesOf(nodes: readonly (typeof node extends fc.Arbitrary<infer T> ? T : never)[]): readonly NodeSample[] {
  return nodes.map(({ zone, answers, pods }, n) => ({
    node: testNode(`n${n}`, { labels: zone === undefined ? {} : { zone } }),
    summary: answers
      ? pods.flatMap(({ namespace, cpu, memory, rx, reported }, p) =>
          reported
            ? [
                {
                  namespace,
                  name: `p${n}-${p}`,
                  values: rx === undefined ? {} : { 'network/rx_rate': rx },
                  containers: [
                    {
                      name: 'c',
                      values: {
                        ...(cpu === undefined ? {} : { 'cpu/usage_rate': cpu }),
                        ...(memory === undefined ? {} : { 'memory/usage': memory }),
                      },
                    },
                  ],
                },
              ]
            : [],
        )
      : undefined,
    objects: pods.flatMap(({ namespace, app, request, hostNetwork, known }, p) =>
      known
        ? [
            podObject({
              namespace,
              name: `p${n}-${p}`,
              node: `n${n}`,
              hostNetwork,
              ...(app === undefined ? {} : { labels: { app } }),
              containers: [{ name: 'c', ...(request === undefined ? {} : { requests: { cpu: request } }) }],
            }),
          ]
        : [],
    ),
  }));
}

const cluster = fc.array(node, { minLength: 1, maxLength: 8 }).map(samplesOf);

function shardsOf(samples: readonly NodeSample[], places: readonly number[]): readonly (readonly NodeSample[])[] {
  const shards = new Map<number, NodeSample[]>();
  for (const [index, sample] of samples.entries()) {
    const shard = places[index % places.length] ?? 0;
    shards.set(shard, [...(shards.get(shard) ?? []), sample]);
  }
  return [...shards.values()];
}

function tablesOf({ cluster: whole, namespace, workload, group }: TotalTables): TotalTables {
  return { cluster: whole, namespace, workload, group };
}

const fold = (samples: readonly NodeSample[]): TotalTables => foldShard(samples, { groupings: GROUPINGS });

/** Adds up a column over the rows that `of` accepts; null if no row has a value. */
function sumOf(table: PartialTable, key: string, of: (labels: readonly (string | null)[]) => boolean): number | null {
  const column = Array.from(table.metrics[key]?.sum ?? []);
  const values = column.filter((entry, row) => entry !== null && !Number.isNaN(entry) && of(table.labels[row] ?? []));
  return values.length === 0 ? null : values.reduce<number>((sum, entry) => sum + (entry ?? 0), 0);
}

describe('totals of any cluster', () => {
  it('are the same however its nodes are divided into shards', () => {
    fc.assert(
      fc.property(
        cluster,
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 }),
        (samples, places) => {
          const partials = shardsOf(samples, places).map((shard, i) => partialOf(`s${i}`, fold(shard)));

          expect(tablesOf(mergePartials(partials))).toEqual(tablesOf(mergePartials([partialOf('all', fold(samples))])));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('do not depend on the order of nodes', () => {
    const shuffled = cluster.chain((samples) =>
      fc.tuple(fc.constant(samples), fc.shuffledSubarray([...samples], { minLength: samples.length })),
    );
    fc.assert(
      fc.property(shuffled, ([samples, other]) => {
        expect(fold(other)).toEqual(fold(samples));
      }),
      { numRuns: 100 },
    );
  });

  it('merge in any order and any grouping', () => {
    fc.assert(
      fc.property(cluster, cluster, cluster, (a, b, c) => {
        const [x, y, z] = [a, b, c].map((samples, i) =>
          partialOf(`s${i}`, fold(samples), { points: i, faults: { f: i } }),
        );

        const flat = mergePartials([x!, y!, z!]);

        expect(mergePartials([z!, x!, y!])).toEqual(flat);
        expect({ ...mergePartials([mergePartials([x!, y!]), z!]) }).toEqual(flat);
        expect({ ...mergePartials([x!, mergePartials([z!, y!])]) }).toEqual(flat);
      }),
      { numRuns: 50 },
    );
  });

  it('add up: workloads, namespaces, and the groups of each grouping are all the cluster', () => {
    const keys = ['cpu/usage_rate', 'memory/usage', 'network/rx_rate', 'cpu/request', 'pod/count', 'pod/expected'];
    fc.assert(
      fc.property(cluster, (samples) => {
        const totals = fold(samples);
        const all = (): boolean => true;
        for (const key of keys) {
          const whole = sumOf(totals.cluster, key, all);
          expect(sumOf(totals.namespace, key, all)).toBe(whole);
          expect(sumOf(totals.workload, key, all)).toBe(whole);
          for (const { text } of GROUPINGS) expect(sumOf(totals.group, key, ([name]) => name === text)).toBe(whole);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('lose nothing to the group limit', () => {
    fc.assert(
      fc.property(cluster, fc.integer({ min: 1, max: 4 }), (samples, groupLimit) => {
        const totals = fold(samples);
        const groupsOf = (limit: number) =>
          rowsOf(totalsBatch(totals, { groupings: GROUPINGS, groupLimit: limit }), 'group');
        const all = groupsOf(1_000);
        const limited = groupsOf(groupLimit);
        for (const { text } of GROUPINGS) {
          const of = (rows: typeof all) => rows.filter((row) => row.labels['grouping'] === text);
          const sum = (rows: typeof all, key: string) =>
            of(rows).reduce((total, row) => total + (row.value(key) ?? 0), 0);
          expect(of(limited).length).toBeLessThanOrEqual(groupLimit + 1);
          for (const key of ['cpu/usage_rate', 'pod/count']) expect(sum(limited, key)).toBe(sum(all, key));
          const kept = of(limited).filter((row) => row.value('group/folded') === undefined).length;
          expect(kept + sum(limited, 'group/folded')).toBe(of(all).length);
        }
      }),
      { numRuns: 100 },
    );
  });
});
