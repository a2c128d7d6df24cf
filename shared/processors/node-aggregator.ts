// hot path: bench "enrich, aggregate, totals"
import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { metricId } from '../core/metrics.ts';
import type { NodeRows } from '../sources/source.ts';

const SUMMED = [
  'cpu/request',
  'cpu/limit',
  'memory/request',
  'memory/limit',
  'ephemeral_storage/request',
  'ephemeral_storage/limit',
].map(metricId);

/** Heapster's node aggregator: a node has the requests and limits of its pods; absent if none of them has any. */
export function aggregateNode(builder: MetricBatchBuilder, rows: NodeRows): void {
  const pods = builder.table('pod');
  const nodes = builder.table('node');
  for (const metric of SUMMED) {
    const values = pods.columnIfAny(metric);
    if (values === undefined) continue;
    let sum = Number.NaN;
    for (let row = rows.pods.from; row < rows.pods.to; row++) {
      const value = values[row]!;
      if (!Number.isNaN(value)) sum = Number.isNaN(sum) ? value : sum + value;
    }
    nodes.set(metric, rows.node, sum);
  }
}
