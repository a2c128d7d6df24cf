import type { Grouping } from '../../../shared/config/config.ts';
import { labelOf, type MetricBatch } from '../../../shared/core/batch.ts';
import type { TotalLevel } from '../../../shared/core/level.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import type { ShardNode } from '../../../shared/fanout/invoker.ts';
import type { Partial } from '../../../shared/fanout/partial.ts';
import type { TotalTables } from '../../../shared/fanout/reducer.ts';
import type { PodObject } from '../../../shared/kube/types.ts';
import { aggregateNode } from '../../../shared/processors/node-aggregator.ts';
import { aggregatePods } from '../../../shared/processors/pod-aggregator.ts';
import { enrichPods } from '../../../shared/processors/pod-enricher.ts';
import { createPodIndex } from '../../../shared/processors/pod-index.ts';
import { digestPod } from '../../../shared/processors/pod-meta.ts';
import { createTotals } from '../../../shared/processors/totals.ts';
import { buildTotals } from '../../../shared/processors/totals-batch.ts';
import { addRows, type PodSample, TIMESTAMP, testBuilder } from './rows.ts';

/** A node, what its kubelet said (undefined: nothing came), and the pods that the API server has on it. */
export interface NodeSample {
  readonly node: ShardNode;
  readonly summary: readonly PodSample[] | undefined;
  readonly objects: readonly PodObject[];
}

const LABELS = { separator: ',', ignored: new Set<string>(), stored: new Map<string, string>() };

/** The totals of a shard: everything after rates, as a scrape does it. */
export function foldShard(
  samples: readonly NodeSample[],
  options: { readonly groupings: readonly Grouping[]; readonly rowLimit?: number },
): TotalTables {
  const builder = testBuilder();
  const totals = createTotals(options);
  for (const { node, summary, objects } of samples) {
    const index = createPodIndex(objects.flatMap((object) => digestPod(object, LABELS) ?? []));
    if (summary === undefined) {
      totals.addDown(node, index);
      continue;
    }
    const rows = aggregatePods(
      builder,
      enrichPods(builder, addRows(builder, node, { pods: summary }), index, { namespaceIds: {} }),
    );
    aggregateNode(builder, rows);
    totals.add(builder, rows, index, node);
  }
  return totals.toPartialTables();
}

/** A partial with these totals and nothing else to say. */
export function partialOf(
  shard: string,
  totals: TotalTables,
  more: { readonly [K in keyof Partial]?: Partial[K] } = {},
): Partial {
  return {
    version: 1,
    timestamp: TIMESTAMP,
    shard,
    ...totals,
    nodes: [],
    rows: {},
    points: 0,
    rates: { computed: 0, fallback: 0, reset: 0 },
    faults: {},
    warnings: [],
    sinks: [],
    stages: {},
    apiServer: { requests: 0, bytes: 0, retries: 0, peakInFlight: 0 },
    peakRssBytes: 0,
    ...more,
  };
}

export function totalsBatch(
  totals: TotalTables,
  options: { readonly groupings: readonly Grouping[]; readonly groupLimit?: number },
): MetricBatch {
  return buildTotals(totals, {
    timestamp: TIMESTAMP,
    resolution: 60_000,
    cluster: 'test',
    groupings: options.groupings,
    groupLimit: options.groupLimit ?? 100,
    namespaceIds: { default: 'ns-1' },
  });
}

export interface TotalOfRow {
  /** Present labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** A value by metric key; undefined if absent. */
  readonly value: (key: string) => number | undefined;
  /** Count, minimum and maximum. */
  readonly statistics: (key: string) => readonly (number | undefined)[];
}

function present(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** The rows of a level, to read. */
export function rowsOf(batch: MetricBatch, level: TotalLevel): readonly TotalOfRow[] {
  const table = batch.tables[level];
  if (table === undefined) return [];
  return Array.from({ length: table.rows }, (_, row) => ({
    labels: Object.fromEntries(
      batch.labelKeys.flatMap((key, index) => {
        const label = labelOf(batch, table, index, row);
        return label === undefined ? [] : [[key, label] as const];
      }),
    ),
    value: (key) => present(table.columns[metricId(key)]?.[row]),
    statistics: (key) => {
      const columns = table.statistics[metricId(key)];
      return [columns?.count[row], columns?.min[row], columns?.max[row]].map(present);
    },
  }));
}
