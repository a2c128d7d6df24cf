import type { MetricBatch, MetricTable, OwnLabels } from '../core/batch.ts';
import type { MetricDescriptor } from '../core/metrics.ts';
import { createSparseIndex } from './sparse-by-row.ts';

/** One value of a row: Heapster's MetricValue, or a LabeledMetric if `own` has labels. */
export interface RowValue {
  readonly metric: MetricDescriptor;
  readonly own: OwnLabels;
  readonly value: number;
  /** Count, minimum and maximum behind a total. */
  readonly statistic: { readonly count: number; readonly min: number; readonly max: number } | undefined;
}

/** All values of the rows of a table, one row after the other: dense ones in catalog order, then the sparse ones. */
export function createRowReader(batch: MetricBatch, table: MetricTable): (row: number) => readonly RowValue[] {
  const dense = batch.metrics.flatMap((metric) => {
    const column = table.columns[metric.id];
    if (column === undefined) return [];
    return [{ metric, column, own: Object.entries(metric.own), statistic: table.statistics[metric.id] }];
  });
  const sparseAt = createSparseIndex(table);
  return (row) => {
    const values: RowValue[] = [];
    for (const { metric, column, own, statistic } of dense) {
      const value = column[row] ?? Number.NaN;
      if (!Number.isNaN(value))
        values.push({ metric, own, value, statistic: statistic && statisticAt(statistic, row) });
    }
    for (const at of sparseAt(row)) {
      const metric = batch.metrics[table.sparse.metric[at] ?? -1];
      const own = batch.ownLabels[table.sparse.own[at] ?? -1] ?? [];
      const value = table.sparse.value[at] ?? Number.NaN;
      if (metric !== undefined) values.push({ metric, own, value, statistic: undefined });
    }
    return values;
  };
}

function statisticAt(
  columns: { readonly count: Float64Array; readonly min: Float64Array; readonly max: Float64Array },
  row: number,
): RowValue['statistic'] {
  const count = columns.count[row] ?? Number.NaN;
  if (Number.isNaN(count)) return undefined;
  return { count, min: columns.min[row] ?? Number.NaN, max: columns.max[row] ?? Number.NaN };
}
