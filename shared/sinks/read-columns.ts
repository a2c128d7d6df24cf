import type { SinkSelection } from '../config/config.ts';
import type { MetricBatch, MetricTable } from '../core/batch.ts';
import { metricByKey } from '../core/metrics.ts';
import type { ValueReading } from '../core/value-reading.ts';
import { selectSparse } from './select-sparse.ts';

type Column = Float64Array | undefined;
type Reading = NonNullable<SinkSelection['reading']>;

/**
 * The selected table with the columns that the sink reads in another way: without zeros that say nothing, or made of two
 * others, which come from `whole`, the table with all its metrics.
 */
export function readColumns(
  batch: MetricBatch,
  selected: MetricTable,
  whole: MetricTable,
  wanted: readonly boolean[],
  reading: Reading,
): MetricTable {
  let columns: Column[] | undefined;
  const statistics = [...selected.statistics];
  let sparse = selected.sparse;
  for (const [id, metric] of batch.metrics.entries()) {
    const how = wanted[id] === true ? reading(metric, whole.level) : undefined;
    if (how === undefined) continue;
    columns ??= [...selected.columns];
    columns[id] = how.made === undefined ? columns[id] : make(batch, whole, how.made);
    if (how.made !== undefined) statistics[id] = undefined;
    if (how.zeroIsAbsent !== true) continue;
    columns[id] = columns[id]?.map((value) => (value === 0 ? Number.NaN : value));
    const given = sparse;
    sparse = selectSparse(given, (at) => given.metric[at] !== id || given.value[at] !== 0);
  }
  return columns === undefined ? selected : { ...selected, columns, statistics, sparse };
}

function make(batch: MetricBatch, table: MetricTable, { how, of, by }: NonNullable<ValueReading['made']>): Column {
  const first = table.columns[metricByKey(of).id];
  if (first === undefined) return undefined;
  const id = metricByKey(by).id;
  const second = how === 'ratio-to-node' ? batch.tables.node?.columns[id] : table.columns[id];
  if (second === undefined) return undefined;
  const rowOf = how === 'ratio-to-node' ? nodeRows(batch, table) : undefined;
  return first.map((value, row) => {
    const other = second[rowOf?.[row] ?? row] ?? Number.NaN;
    if (how === 'sum') return value + other;
    // A capacity of nothing is one that is not known.
    return other > 0 ? value / other : Number.NaN;
  });
}

/** The row of each row's node; -1 = unknown. Containers and volumes have it by their pod. */
function nodeRows(batch: MetricBatch, table: MetricTable): Int32Array {
  if (table.level !== 'pod_container' && table.level !== 'volume') return table.parent;
  const nodeOfPod = batch.tables.pod?.parent;
  return table.parent.map((pod) => nodeOfPod?.[pod] ?? -1);
}
