// hot path: bench "enrich, aggregate, totals"
import { ROW_FLAGS } from '../core/batch.ts';
import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { labelIndex } from '../core/labels.ts';
import { metricId } from '../core/metrics.ts';
import type { TableBuilder } from '../core/table-builder.ts';
import type { NodeRows } from '../sources/source.ts';
import { type PodIndex, podOfRow } from './pod-index.ts';
import type { ContainerMeta, PodMeta } from './pod-meta.ts';

export interface PodEnricherSettings {
  /** Namespace name → uid. */
  readonly namespaceIds: Readonly<Record<string, string>>;
}

/** The rows of a node, with what is known of its pods. */
export interface EnrichedRows extends NodeRows {
  /** By pod row, from the first on. */
  readonly metas: readonly (PodMeta | undefined)[];
}

const SECOND = 1_000;
const POD_ID = labelIndex('pod_id');
const NAMESPACE = labelIndex('namespace_name');
const NAMESPACE_ID = labelIndex('namespace_id');
const CONTAINER_NAME = labelIndex('container_name');
const IMAGE = labelIndex('container_base_image');
const LABELS = labelIndex('labels');
const WORKLOAD_KIND = labelIndex('workload_kind');
const WORKLOAD_NAME = labelIndex('workload_name');

/** Labels that the rows of containers have as their pod has them once it is enriched. */
const AS_POD = [POD_ID, NAMESPACE_ID, LABELS, WORKLOAD_KIND, WORKLOAD_NAME];
/** Those that decoding sets on both. */
const DECODED = [
  labelIndex('nodename'),
  labelIndex('hostname'),
  labelIndex('host_id'),
  labelIndex('pod_name'),
  labelIndex('namespace_name'),
];

const CPU_REQUEST = metricId('cpu/request');
const CPU_LIMIT = metricId('cpu/limit');
const MEMORY_REQUEST = metricId('memory/request');
const MEMORY_LIMIT = metricId('memory/limit');
const STORAGE_REQUEST = metricId('ephemeral_storage/request');
const STORAGE_LIMIT = metricId('ephemeral_storage/limit');
const RESTARTS = metricId('restart_count');
const NETWORK = ['rx', 'rx_rate', 'rx_errors', 'rx_errors_rate', 'tx', 'tx_rate', 'tx_errors', 'tx_errors_rate'].map(
  (name) => metricId(`network/${name}`),
);

/**
 * Heapster's pod-based and namespace-based enrichers on the rows of one node: labels, workload, image, creation time,
 * requests, limits and restarts from the pod objects. A container of the spec that has no row gets one without
 * measurements; the returned rows include it. Must run before another node is decoded (throws `RangeError` otherwise, if
 * it has to add rows). A pod that the index does not know keeps what the source said.
 */
export function enrichPods(
  builder: MetricBatchBuilder,
  rows: NodeRows,
  index: PodIndex,
  settings: PodEnricherSettings,
): EnrichedRows {
  const pods = builder.table('pod');
  const containers = builder.table('pod_container');
  const { from, to } = rows.pods;
  const metas: (PodMeta | undefined)[] = new Array(to - from);
  for (let row = from; row < to; row++) {
    labelNamespace(builder, pods, row, settings);
    const meta = podOfRow(builder, index, row);
    metas[row - from] = meta;
    if (meta !== undefined) enrichPod(builder, pods, row, meta);
  }
  const matched = new Int32Array(to - from);
  for (let row = rows.containers.from; row < rows.containers.to; row++) {
    const pod = containers.getParent(row) - from;
    if (pod < 0 || pod >= metas.length) continue;
    const meta = metas[pod];
    containers.setLabel(NAMESPACE_ID, row, pods.getLabel(NAMESPACE_ID, from + pod));
    if (meta === undefined) continue;
    labelAsPod(builder, row, from + pod, meta);
    const name = builder.strings.get(containers.getLabel(CONTAINER_NAME, row));
    for (const spec of meta.traits.containers) {
      if (spec.name !== name) continue;
      matched[pod]!++;
      enrichContainer(builder, containers, row, spec);
      break;
    }
  }
  let end = rows.containers.to;
  for (let pod = 0; pod < metas.length; pod++) {
    const meta = metas[pod];
    if (meta === undefined || matched[pod]! >= meta.traits.containers.length) continue;
    for (const spec of meta.traits.containers) {
      if (hasRow(builder, rows, from + pod, spec.name)) continue;
      if (containers.rows !== end) throw new RangeError('pods must be enriched before the next node is decoded');
      addStub(builder, from + pod, meta, spec);
      end++;
    }
  }
  return { ...rows, containers: { from: rows.containers.from, to: end }, metas };
}

function labelNamespace(
  builder: MetricBatchBuilder,
  table: TableBuilder,
  row: number,
  { namespaceIds }: PodEnricherSettings,
): void {
  const namespace = builder.strings.get(table.getLabel(NAMESPACE, row));
  if (namespace !== undefined && Object.hasOwn(namespaceIds, namespace)) {
    table.setLabel(NAMESPACE_ID, row, builder.strings.intern(namespaceIds[namespace]));
  }
}

function enrichPod(builder: MetricBatchBuilder, table: TableBuilder, row: number, meta: PodMeta): void {
  const { strings } = builder;
  const { joined, workload, hostNetwork } = meta.traits;
  if (meta.uid !== undefined && meta.uid !== strings.get(table.getLabel(POD_ID, row)))
    table.setLabel(POD_ID, row, strings.intern(meta.uid));
  table.setLabel(LABELS, row, strings.intern(joined.joined));
  table.setLabel(WORKLOAD_KIND, row, strings.intern(workload.kind));
  table.setLabel(WORKLOAD_NAME, row, strings.intern(workload.name));
  for (const [key, value] of joined.stored) table.setLabel(builder.labelColumn(key), row, strings.intern(value));
  if (meta.startSeconds !== undefined) table.setCreated(row, meta.startSeconds * SECOND);
  if (!hostNetwork) return;
  table.addFlag(row, ROW_FLAGS.hostNetwork);
  for (const metric of NETWORK) table.set(metric, row, Number.NaN);
}

/** Copies what `enrichPod` said of the pod to a container. */
function labelAsPod(builder: MetricBatchBuilder, row: number, podRow: number, meta: PodMeta): void {
  const pods = builder.table('pod');
  const table = builder.table('pod_container');
  for (let i = 0; i < AS_POD.length; i++) table.setLabel(AS_POD[i]!, row, pods.getLabel(AS_POD[i]!, podRow));
  for (const [key] of meta.traits.joined.stored) {
    const column = builder.labelColumn(key);
    table.setLabel(column, row, pods.getLabel(column, podRow));
  }
  if (meta.startSeconds !== undefined) table.setCreated(row, meta.startSeconds * SECOND);
}

function enrichContainer(builder: MetricBatchBuilder, table: TableBuilder, row: number, spec: ContainerMeta): void {
  table.set(CPU_REQUEST, row, spec.cpuRequest);
  table.set(CPU_LIMIT, row, spec.cpuLimit);
  table.set(MEMORY_REQUEST, row, spec.memoryRequest);
  table.set(MEMORY_LIMIT, row, spec.memoryLimit);
  table.set(STORAGE_REQUEST, row, spec.ephemeralStorageRequest);
  table.set(STORAGE_LIMIT, row, spec.ephemeralStorageLimit);
  if (spec.restarts !== undefined) table.set(RESTARTS, row, spec.restarts);
  if (spec.image !== undefined && table.getLabel(IMAGE, row) === 0) {
    table.setLabel(IMAGE, row, builder.strings.intern(spec.image));
  }
  for (const { metric, value } of spec.extra) {
    table.addSparse(row, builder.dynamicMetric(metric, 'gauge', ['pod', 'pod_container']), 0, value);
  }
}

function hasRow(builder: MetricBatchBuilder, rows: NodeRows, pod: number, name: string): boolean {
  const table = builder.table('pod_container');
  for (let row = rows.containers.from; row < rows.containers.to; row++) {
    if (table.getParent(row) === pod && builder.strings.get(table.getLabel(CONTAINER_NAME, row)) === name) return true;
  }
  return false;
}

/** A container that the kubelet did not measure: what the API server says of it, no use, no times but its pod's. */
function addStub(builder: MetricBatchBuilder, podRow: number, meta: PodMeta, spec: ContainerMeta): void {
  const pods = builder.table('pod');
  const table = builder.table('pod_container');
  const row = table.addRow();
  table.addFlag(row, ROW_FLAGS.unmeasured);
  table.setParent(row, podRow);
  for (const key of DECODED) table.setLabel(key, row, pods.getLabel(key, podRow));
  table.setLabel(CONTAINER_NAME, row, builder.strings.intern(spec.name));
  labelAsPod(builder, row, podRow, meta);
  enrichContainer(builder, table, row, spec);
}
