import type { MetricBatch } from '../../core/batch.ts';
import type { LogRow } from './row.ts';

/**
 * A row as one JSON line: `timestamp`, `cluster`, `key`, `level`, `labels`, `values` by name, `labelled` values with
 * labels of their own, `statistics` (count, min, max) of totals, times if known, and `flags` if any (`cpuRateFallback` =
 * the kubelet's own rate, as there was no earlier sample).
 */
export function jsonRow(row: LogRow, batch: MetricBatch): string {
  const plain = row.values.filter(({ own }) => own.length === 0);
  const labelled = row.values.filter(({ own }) => own.length > 0);
  const statistics = row.values.filter(({ statistic }) => statistic !== undefined);
  const line = {
    timestamp: new Date(batch.timestamp).toISOString(),
    cluster: batch.cluster,
    key: row.key,
    level: row.level,
    labels: Object.fromEntries(row.labels),
    values: Object.fromEntries(plain.map(({ metric, value }) => [metric.name, value])),
    labelled:
      labelled.length === 0
        ? undefined
        : labelled.map(({ metric, own, value }) => ({
            name: metric.name,
            labels: Object.fromEntries(own),
            value,
          })),
    statistics:
      statistics.length === 0
        ? undefined
        : Object.fromEntries(statistics.map(({ metric, statistic }) => [metric.key, statistic])),
    scraped: row.scraped === undefined ? undefined : new Date(row.scraped).toISOString(),
    created: row.created === undefined ? undefined : new Date(row.created).toISOString(),
    flags: row.flags.length === 0 ? undefined : row.flags,
  };
  return `${JSON.stringify(line)}\n`;
}
