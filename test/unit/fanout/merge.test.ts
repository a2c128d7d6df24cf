import { describe, expect, it } from 'vitest';
import { mergePartials } from '../../../shared/fanout/merge.ts';
import { mergeTables } from '../../../shared/fanout/merge-tables.ts';
import type { Partial, PartialTable } from '../../../shared/fanout/partial.ts';
import type { TotalTables } from '../../../shared/fanout/reducer.ts';

const EMPTY: PartialTable = { labelKeys: [], labels: [], metrics: {} };
const TICK = Date.UTC(2026, 0, 1);

function table(
  rows: Readonly<Record<string, readonly [sum: number, count: number, min: number, max: number] | null>>,
): PartialTable {
  const values = Object.values(rows);
  return {
    labelKeys: ['namespace_name'],
    labels: Object.keys(rows).map((name) => [name]),
    metrics: {
      'cpu/usage_rate': {
        sum: values.map((value) => value?.[0] ?? null),
        count: values.map((value) => value?.[1] ?? null),
        min: values.map((value) => value?.[2] ?? null),
        max: values.map((value) => value?.[3] ?? null),
      },
    },
  };
}

function partial(shard: string, more: { readonly [K in keyof Partial]?: Partial[K] } = {}): Partial {
  const totals: TotalTables = { cluster: EMPTY, namespace: EMPTY, workload: EMPTY, group: EMPTY };
  return {
    version: 1,
    timestamp: TICK,
    shard,
    ...totals,
    nodes: [],
    rows: {},
    points: 1,
    rates: { computed: 1, fallback: 2, reset: 3 },
    faults: {},
    warnings: [],
    sinks: [],
    stages: {},
    apiServer: { requests: 1, bytes: 10, retries: 0, peakInFlight: 4 },
    peakRssBytes: 100,
    ...more,
  };
}

/** As it travels between functions: JSON, in which what is absent is null. */
function sent(value: PartialTable | Partial): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('mergeTables', () => {
  it('adds sums and counts, takes minima and maxima, and sorts rows by their labels', () => {
    const merged = mergeTables([
      table({ b: [5, 1, 5, 5], a: [10, 2, 3, 7] }),
      table({ c: [0, 1, 0, 0], a: [1, 1, 1, 1] }),
    ]);

    expect(sent(merged)).toEqual(table({ a: [11, 3, 1, 7], b: [5, 1, 5, 5], c: [0, 1, 0, 0] }));
  });

  it('keeps what is absent absent, and lets it change nothing', () => {
    const merged = mergeTables([table({ a: null, b: null }), table({ a: [-4, 1, -4, -4], b: null })]);

    expect(sent(merged)).toEqual(table({ a: [-4, 1, -4, -4], b: null }));
  });

  it('tells an absent label from an empty one and joins tables of different labels', () => {
    const column = { sum: [1, 2], count: [], min: [], max: [] };
    const merged = mergeTables([
      {
        labelKeys: ['grouping', 'app'],
        labels: [
          ['g', ''],
          ['g', null],
        ],
        metrics: { 'pod/count': column },
      },
      {
        labelKeys: ['grouping', 'zone'],
        labels: [
          ['h', 'z'],
          ['g', null],
        ],
        metrics: { 'pod/count': column },
      },
    ]);

    expect(sent(merged)).toEqual({
      labelKeys: ['grouping', 'app', 'zone'],
      labels: [
        ['g', '', null],
        ['g', null, null],
        ['h', null, 'z'],
      ],
      metrics: { 'pod/count': { sum: [1, 4, 1], count: [], min: [], max: [] } },
    });
  });

  it('is empty without tables', () => {
    expect(mergeTables([])).toEqual(EMPTY);
  });
});

describe('mergePartials', () => {
  it('adds what adds up, and takes the slowest and the largest of what does not', () => {
    const node = { status: 'answered', millis: 1, bytes: 1, pods: 1 } as const;
    const merged = mergePartials([
      partial('s1', {
        namespace: table({ a: [1, 1, 1, 1] }),
        nodes: [{ node: 'n2', ...node }],
        rows: { pod: 3 },
        points: 30,
        faults: { bad_time: 1 },
        warnings: ['w', 'v'],
        stages: { scrape: 50, save: 9 },
        apiServer: { requests: 5, bytes: 10, retries: 1, peakInFlight: 9 },
        peakRssBytes: 50,
      }),
      partial('s0', {
        namespace: table({ a: [2, 1, 2, 2] }),
        nodes: [{ node: 'n1', ...node }],
        rows: { pod: 4, node: 1 },
        points: 12,
        faults: { bad_time: 2, pod_list_failed: 1 },
        warnings: ['w'],
        stages: { scrape: 70 },
      }),
    ]);

    expect(sent(merged)).toMatchObject({
      timestamp: TICK,
      shards: ['s0', 's1'],
      namespace: table({ a: [3, 2, 1, 2] }),
      rows: { node: 1, pod: 7 },
      points: 42,
      rates: { computed: 2, fallback: 4, reset: 6 },
      faults: { bad_time: 3, pod_list_failed: 1 },
      warnings: ['v', 'w'],
      stages: { save: 9, scrape: 70 },
      apiServer: { requests: 6, bytes: 20, retries: 1, peakInFlight: 9 },
      peakRssBytes: 100,
    });
    expect(merged.nodes.map((outcome) => outcome.node)).toEqual(['n1', 'n2']);
  });

  it('refuses what is of another tick or version, or there already, and counts it', () => {
    const old = partial('s1', { timestamp: TICK - 60_000, points: 100 });
    const foreign: Partial = JSON.parse(JSON.stringify({ ...partial('s2'), version: 2, timestamp: TICK + 60_000 }));
    const twice = partial('s0', { points: 5 });

    const merged = mergePartials([old, twice, partial('s0', { points: 7 }), foreign]);

    expect(merged.points).toBe(7);
    expect(merged.shards).toEqual(['s0']);
    expect(merged.faults).toEqual({ partial_of_other_tick: 1, partial_of_other_version: 1, partial_twice: 1 });
  });

  it('refuses a shard that an earlier merge has in it', () => {
    const merged = mergePartials([mergePartials([partial('s0'), partial('s1')]), partial('s1')]);

    expect(merged.points).toBe(2);
    expect(merged.faults).toEqual({ partial_twice: 1 });
  });

  it('is empty without partials', () => {
    const merged = mergePartials([]);

    expect(merged).toMatchObject({ timestamp: 0, shards: [], cluster: EMPTY, points: 0, peakRssBytes: 0, faults: {} });
  });
});
