import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { labelOf, ROW_FLAGS } from '../../core/batch.ts';
import { heapsterType, type Level } from '../../core/level.ts';
import { SAMPLE_CLOCKS } from '../../core/metrics.ts';
import type { UnixMillis } from '../../core/units.ts';
import type { RowValue } from '../row-values.ts';

/** One row as the log shows it. */
export interface LogRow {
  readonly key: string;
  readonly level: Level;
  /** Sorted by key, `type` included. */
  readonly labels: readonly (readonly [string, string])[];
  readonly values: readonly RowValue[];
  /** When the sample was taken: the cpu, else the memory, else the network block; undefined = unknown. */
  readonly scraped: UnixMillis | undefined;
  readonly created: UnixMillis | undefined;
  /** Names of the row's flags, such as `cpuRateFallback`. */
  readonly flags: readonly string[];
}

const known = (time: number | undefined): UnixMillis | undefined =>
  time === undefined || Number.isNaN(time) ? undefined : time;

/** Copies what the log shows of a row. */
export function readLogRow(
  batch: MetricBatch,
  table: MetricTable,
  row: number,
  key: string,
  values: readonly RowValue[],
): LogRow {
  const labels: (readonly [string, string])[] = [['type', heapsterType(table.level)]];
  for (const [index, name] of batch.labelKeys.entries()) {
    const value = labelOf(batch, table, index, row);
    if (value !== undefined) labels.push([name, value]);
  }
  const flags = table.flags[row] ?? 0;
  return {
    key,
    level: table.level,
    labels: labels.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    values,
    scraped: SAMPLE_CLOCKS.map((_, clock) => known(table.sampled[clock]?.[row])).find((time) => time !== undefined),
    created: known(table.created[row]),
    flags: Object.entries(ROW_FLAGS).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name])),
  };
}
