import type { Level } from './level.ts';
import type { MetricDescriptor } from './metrics.ts';
import type { StringTable } from './string-table.ts';
import type { UnixMillis } from './units.ts';

/** Row flags. */
export const ROW_FLAGS = {
  /** `cpu/usage_rate` is the kubelet's own `usageNanoCores`, because there is no earlier sample to compare with. */
  cpuRateFallback: 1,
  /** The row comes from the API server alone: there was no measurement (Heapster's stubs, nodes that are down). */
  unmeasured: 2,
  /** The network block is the node's own (host network): it is not counted again in totals. */
  hostNetwork: 4,
} as const;

/** Count, minimum and maximum behind a total, per row. The sum is the column's value. */
export interface StatisticColumns {
  readonly count: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** Values with labels of their own: entry i is `value[i]` of metric `metric[i]` on row `row[i]` with label set `own[i]`. */
export interface SparseValues {
  readonly length: number;
  readonly row: Int32Array;
  readonly metric: Int32Array;
  /** Index into `MetricBatch.ownLabels`. */
  readonly own: Int32Array;
  readonly value: Float64Array;
}

/** All resources of one level at one tick: a row per resource, a column per metric. Nobody writes after `build()`. */
export interface MetricTable {
  readonly level: Level;
  readonly rows: number;
  /** By metric id; rows long; NaN = absent. A column that no row has is undefined. */
  readonly columns: readonly (Float64Array | undefined)[];
  /** By metric id, on total levels only. */
  readonly statistics: readonly (StatisticColumns | undefined)[];
  /** By index in `MetricBatch.labelKeys`: string ids, 0 = absent. */
  readonly labels: readonly (Int32Array | undefined)[];
  readonly sparse: SparseValues;
  /** Since when counters count: the kubelet's `startTime` in Unix ms; NaN = unknown. */
  readonly start: Float64Array;
  /** When the entity was created (pods and containers: `status.startTime`) in Unix ms; NaN = unknown. */
  readonly created: Float64Array;
  /** By index in `SAMPLE_CLOCKS`: when the block was sampled, Unix ms; NaN = unknown. */
  readonly sampled: readonly (Float64Array | undefined)[];
  /** Row of the parent (container and volume: pod; pod and system container: node); -1 = none. */
  readonly parent: Int32Array;
  /** Bits of `ROW_FLAGS`. */
  readonly flags: Uint8Array;
}

/** One own-label set: pairs of key and value, sorted by key. */
export type OwnLabels = readonly (readonly [key: string, value: string])[];

/** All rows of one tick (of one shard, or of the totals). Heapster's DataBatch, by columns. */
export interface MetricBatch {
  /** The aligned end of the tick's window: the stamp of every point. */
  readonly timestamp: UnixMillis;
  /** Length of the window in milliseconds (the metric resolution). */
  readonly resolution: number;
  /** The cluster's name as configured; undefined if it has none. */
  readonly cluster: string | undefined;
  readonly strings: StringTable;
  /** Names of the label columns: `LABEL_KEYS`, then the batch's own. */
  readonly labelKeys: readonly string[];
  /** Own-label sets of sparse values; entry 0 is empty. */
  readonly ownLabels: readonly OwnLabels[];
  /** `METRICS`, then the cluster's own (`custom/…`, `<resource>/request`). */
  readonly metrics: readonly MetricDescriptor[];
  readonly tables: Readonly<Partial<Record<Level, MetricTable>>>;
  /**
   * Series of earlier ticks that are no more, if a sink wants to know (`Sink.endsSeries`): a value that is not NaN marks one.
   * They are no points of this batch.
   */
  readonly ended?: MetricBatch | undefined;
}

/** A label of a row; undefined if absent. */
export function labelOf(batch: MetricBatch, table: MetricTable, key: number, row: number): string | undefined {
  const id = table.labels[key]?.[row];
  return id === undefined ? undefined : batch.strings.get(id);
}

/** The value of a dense metric on a row; NaN = absent. */
export function valueAt(table: MetricTable, metric: number, row: number): number {
  return table.columns[metric]?.[row] ?? Number.NaN;
}

/** Number of values present in a table: dense ones that are not NaN, and all sparse ones. */
export function countPoints(table: MetricTable): number {
  let points = table.sparse.length;
  for (const column of table.columns) if (column !== undefined) points += countValues(column);
  return points;
}

function countValues(column: Float64Array): number {
  // Nearly all columns are full, and V8's own search needs no compiling.
  if (!column.includes(Number.NaN)) return column.length;
  let values = 0;
  // By index: an iterator costs an object a value until it is compiled.
  for (let row = 0; row < column.length; row++) if (!Number.isNaN(column[row])) values++;
  return values;
}

/** Number of values present in all tables of a batch. */
export function countBatchPoints(batch: MetricBatch): number {
  return Object.values(batch.tables).reduce((sum, table) => sum + countPoints(table), 0);
}
