import { labelOf, type MetricBatch, valueAt } from '../core/batch.ts';
import { metricId } from '../core/metrics.ts';
import type { TotalRow } from '../fanout/reducer.ts';

const MAX_ROWS = 100;

/** What a person wants to see first of a total. */
const VIEWED = [
  'pod/count',
  'collection/completeness',
  'cpu/usage_rate',
  'cpu/request',
  'cpu/limit',
  'cpu/request_utilization',
  'cpu/limit_utilization',
  'memory/working_set',
  'memory/request',
  'memory/limit',
  'memory/request_utilization',
  'memory/limit_utilization',
].map((key) => ({ key, id: metricId(key) }));

const CPU = metricId('cpu/usage_rate');

/** The cluster, its namespaces and its label groups as rows to read: by CPU use, at most 100 of each level. */
export function viewTotals(batch: MetricBatch): readonly TotalRow[] {
  return (['cluster', 'namespace', 'group'] as const).flatMap((level) => {
    const table = batch.tables[level];
    if (table === undefined) return [];
    const used = (row: number): number => valueAt(table, CPU, row) || 0;
    const order = Array.from({ length: table.rows }, (_, row) => row).sort((a, b) => used(b) - used(a) || a - b);
    return order.slice(0, MAX_ROWS).map((row) => {
      const labels: Record<string, string> = {};
      for (const [index, key] of batch.labelKeys.entries()) {
        const label = labelOf(batch, table, index, row);
        if (label !== undefined) labels[key] = label;
      }
      const values: Record<string, number> = {};
      for (const { key, id } of VIEWED) {
        const value = valueAt(table, id, row);
        if (!Number.isNaN(value)) values[key] = value;
      }
      return { level, labels, values };
    });
  });
}
