// hot path: bench "enrich, aggregate, totals"
import { ROW_FLAGS } from '../core/batch.ts';
import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { METRICS, metricId } from '../core/metrics.ts';
import type { TableBuilder } from '../core/table-builder.ts';
import type { NodeRows } from '../sources/source.ts';
import { type ContainerUse, foldContainerUse, USE_RATIOS, USE_WIDTH } from './container-use.ts';

/** Gauges of a container that a pod has the sum of. What is left of a limit does not add up, nor do labelled values. */
const SUMMED = [
  'cpu/usage_rate',
  'memory/usage',
  'memory/working_set',
  'memory/rss',
  'memory/page_faults_rate',
  'memory/major_page_faults_rate',
  'swap/usage',
  'ephemeral_storage/usage',
  'cpu/request',
  'cpu/limit',
  'memory/request',
  'memory/limit',
  'ephemeral_storage/request',
  'ephemeral_storage/limit',
  'restart_count',
].map(metricId);
const CPU_RATE = metricId('cpu/usage_rate');

/**
 * Heapster's pod aggregator on the pods of one node, after rates and `enrichPods`: a gauge that the pod does not have
 * itself is the sum over its containers (those that have it); what the kubelet says of the pod stays, sandbox included.
 * Custom metrics and extra requests are summed too. Then sets use against requests and limits on containers and pods, and returns
 * the rows with the sums that were made for it.
 */
export function aggregatePods<R extends NodeRows>(builder: MetricBatchBuilder, rows: R): R & ContainerUse {
  const pods = builder.table('pod');
  const containers = builder.table('pod_container');
  const count = rows.pods.to - rows.pods.from;
  const sums = new Float64Array(count);
  for (const metric of SUMMED) sumColumn(metric, rows, { pods, containers, sums });
  sumDynamic(rows, pods, containers);
  const containerUse = foldContainerUse(builder, rows);
  setUtilization(builder, rows, containerUse);
  return { ...rows, containerUse };
}

interface Tables {
  readonly pods: TableBuilder;
  readonly containers: TableBuilder;
  /** Scratch, one number a pod. */
  readonly sums: Float64Array;
}

function sumColumn(metric: number, rows: NodeRows, { pods, containers, sums }: Tables): void {
  const values = containers.columnIfAny(metric);
  if (values === undefined) return;
  const { from, to } = rows.pods;
  const own = pods.columnIfAny(metric);
  if (own !== undefined && hasAll(own, from, to)) return;
  sums.fill(Number.NaN);
  for (let row = rows.containers.from; row < rows.containers.to; row++) {
    const value = values[row]!;
    const pod = containers.getParent(row) - from;
    if (Number.isNaN(value) || pod < 0 || pod >= to - from) continue;
    if (own !== undefined && !Number.isNaN(own[from + pod]!)) continue;
    const sum = sums[pod]!;
    sums[pod] = Number.isNaN(sum) ? value : sum + value;
    if (metric === CPU_RATE && containers.hasFlag(row, ROW_FLAGS.cpuRateFallback)) {
      pods.addFlag(from + pod, ROW_FLAGS.cpuRateFallback);
    }
  }
  for (let pod = 0; pod < to - from; pod++) {
    const sum = sums[pod]!;
    if (!Number.isNaN(sum)) pods.set(metric, from + pod, sum);
  }
}

/** Whether every row has a value. */
function hasAll(column: Float64Array, from: number, to: number): boolean {
  for (let row = from; row < to; row++) if (Number.isNaN(column[row]!)) return false;
  return true;
}

/** Sums `custom/…` and `<resource>/request`, which no pod has of itself. */
function sumDynamic(rows: NodeRows, pods: TableBuilder, containers: TableBuilder): void {
  const { row, metric, own, value, length } = containers.sparse();
  let sums: Map<number, Map<number, number>> | undefined;
  for (let i = firstAtOrAfter(row, length, rows.containers.from); i < length && row[i]! < rows.containers.to; i++) {
    const id = metric[i]!;
    const pod = containers.getParent(row[i]!);
    if (id < METRICS.length || own[i] !== 0 || pod < rows.pods.from || pod >= rows.pods.to) continue;
    sums ??= new Map();
    let ofPod = sums.get(pod);
    if (ofPod === undefined) {
      ofPod = new Map();
      sums.set(pod, ofPod);
    }
    ofPod.set(id, (ofPod.get(id) ?? 0) + value[i]!);
  }
  if (sums === undefined) return;
  for (const [pod, ofPod] of sums) for (const [id, sum] of ofPod) pods.addSparse(pod, id, 0, sum);
}

/** Sparse values of a node lie together, those of earlier nodes before them: the first of row `from` or later. */
function firstAtOrAfter(row: Int32Array, length: number, from: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (row[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function setUtilization(builder: MetricBatchBuilder, rows: NodeRows, sums: Float64Array): void {
  const pods = builder.table('pod');
  const containers = builder.table('pod_container');
  for (let i = 0; i < USE_RATIOS.length; i++) {
    const { metric, use, base } = USE_RATIOS[i]!;
    const used = containers.columnIfAny(use);
    const asked = containers.columnIfAny(base);
    if (used === undefined || asked === undefined) continue;
    for (let row = rows.containers.from; row < rows.containers.to; row++) {
      if (asked[row]! > 0) containers.set(metric, row, used[row]! / asked[row]!);
    }
    for (let pod = 0; pod < rows.pods.to - rows.pods.from; pod++) {
      const at = pod * USE_WIDTH + i * 2;
      if (sums[at + 1]! > 0) pods.set(metric, rows.pods.from + pod, sums[at]! / sums[at + 1]!);
    }
  }
}
