import type { Grouping } from '../config/config.ts';
import type { MetricBatch } from '../core/batch.ts';
import { MetricBatchBuilder } from '../core/batch-builder.ts';
import { labelIndex } from '../core/labels.ts';
import { TOTAL_LEVELS, type TotalLevel } from '../core/level.ts';
import { metricByKey } from '../core/metrics.ts';
import type { Millis, UnixMillis } from '../core/units.ts';
import type { PartialTable } from '../fanout/partial.ts';
import type { TotalTables } from '../fanout/reducer.ts';
import { hasValues, type TotalColumn } from '../fanout/total-values.ts';
import { USE_RATIOS } from './container-use.ts';
import { limitGroups } from './group-limit.ts';
import { type IncompleteSettings, markIncomplete } from './incomplete-totals.ts';
import { COMPLETENESS, denominatorOf, numeratorOf, SUMMED_METRICS, UNKNOWN_NODES } from './total-metrics.ts';

export interface TotalsBatchOptions {
  readonly timestamp: UnixMillis;
  readonly resolution: Millis;
  readonly cluster: string | undefined;
  readonly groupings: readonly Grouping[];
  /** Most rows of a grouping besides `(other)`. */
  readonly groupLimit: number;
  /** Namespace name → uid. */
  readonly namespaceIds: Readonly<Record<string, string>>;
  /** Undefined = totals are never incomplete. */
  readonly incomplete?: IncompleteSettings;
}

const COUNTS = ['pod/count', 'pod/expected', 'container/count', 'node/count', 'node/measured', 'group/folded'].map(
  metricByKey,
);
const COMPLETENESS_METRIC = metricByKey(COMPLETENESS);
const NAMESPACE_ID = labelIndex('namespace_id');

/**
 * Merged totals as the rows of a batch: sums with the count, minimum and maximum of their pods, counts, use as ratio of
 * sums, and completeness. Groups beyond the limit are folded into `(other)` first, so its ratios are those of its sums.
 */
export function buildTotals(totals: TotalTables, options: TotalsBatchOptions): MetricBatch {
  const builder = new MetricBatchBuilder({
    timestamp: options.timestamp,
    resolution: options.resolution,
    cluster: options.cluster,
    extraLabelKeys: [
      ...options.groupings.flatMap(({ keys }) => keys.map((key) => key.name)),
      ...totals.group.labelKeys,
    ],
  });
  const tables: TotalTables = { ...totals, group: limitGroups(totals.group, options.groupLimit) };
  for (const level of TOTAL_LEVELS) addLevel(builder, level, tables[level], options.namespaceIds);
  if (options.incomplete !== undefined) markIncomplete(builder, options.incomplete);
  return builder.build();
}

function addLevel(
  builder: MetricBatchBuilder,
  level: TotalLevel,
  source: PartialTable,
  namespaceIds: Readonly<Record<string, string>>,
): void {
  const table = builder.table(level);
  const columns = source.labelKeys.map((key) => builder.labelColumn(key));
  const namespaceAt = source.labelKeys.indexOf('namespace_name');
  const read = (key: string, row: number): number => source.metrics[key]?.sum[row] ?? Number.NaN;
  for (const labels of source.labels) {
    const row = table.addRow();
    for (let at = 0; at < columns.length; at++) {
      table.setLabel(columns[at] ?? 0, row, builder.strings.intern(labels[at] ?? undefined));
    }
    const namespace = labels[namespaceAt];
    if (typeof namespace === 'string' && Object.hasOwn(namespaceIds, namespace)) {
      table.setLabel(NAMESPACE_ID, row, builder.strings.intern(namespaceIds[namespace]));
    }
    for (const { key, metric } of USE_RATIOS) {
      table.set(metric, row, (read(numeratorOf(key), row) || 0) / read(denominatorOf(key), row));
    }
    table.set(COMPLETENESS_METRIC.id, row, completeness(read, row));
  }
  for (const { id, key } of COUNTS) copyColumn(source.metrics[key]?.sum, () => table.column(id));
  for (const { id, key } of SUMMED_METRICS) {
    const column = source.metrics[key];
    if (column === undefined) continue;
    const statistics = table.statistics(id);
    copyColumn(column.sum, () => table.column(id));
    copyColumn(column.count, () => statistics.count);
    copyColumn(column.min, () => statistics.min);
    copyColumn(column.max, () => statistics.max);
  }
}

/** Copies a column of a partial table, if it has any value. */
function copyColumn(from: TotalColumn | undefined, open: () => Float64Array): void {
  if (from === undefined || !hasValues(from)) return;
  const to = open();
  for (let row = 0; row < from.length; row++) to[row] = from[row] ?? Number.NaN;
}

/**
 * Pods measured ÷ pods expected, on nodes whose pods are known; absent if none is expected. At most 1: pods that the list
 * does not call running yet are measured too. Nodes of which nothing is known count as nodes of average size.
 */
function completeness(read: (key: string, row: number) => number, row: number): number {
  const expected = read('pod/expected', row);
  if (!(expected > 0)) return Number.NaN;
  const measured = read(numeratorOf(COMPLETENESS), row) || 0;
  const nodes = read('node/count', row);
  const known = nodes > 0 ? 1 - (read(UNKNOWN_NODES, row) || 0) / nodes : 1;
  return Math.min(1, measured / expected) * known;
}
