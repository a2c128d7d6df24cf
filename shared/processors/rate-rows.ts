// hot path: bench "rates"
import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { labelIndex } from '../core/labels.ts';
import type { TableBuilder } from '../core/table-builder.ts';
import type { NodeRows, RowRange } from '../sources/source.ts';
import type { NodeCounters } from '../state/counters.ts';

/** What the rows of a node are known by, in the order of `NodeCounters`. */
export type RowKeys = Pick<NodeCounters, 'node' | 'sysContainers' | 'pods' | 'containers' | 'containerPods'>;

const NODE_NAME = labelIndex('nodename');
const POD_ID = labelIndex('pod_id');
const POD_NAME = labelIndex('pod_name');
const NAMESPACE = labelIndex('namespace_name');
const CONTAINER_NAME = labelIndex('container_name');
/** Containers of a pod that are compared one by one before a map is made. */
const SHORT_CHAIN = 16;

/** The keys of one node's rows, from their labels. */
export function rowKeys(builder: MetricBatchBuilder, rows: NodeRows): RowKeys {
  const podTable = builder.table('pod');
  const pods: string[] = new Array(rows.pods.to - rows.pods.from);
  for (let row = rows.pods.from; row < rows.pods.to; row++) {
    const uid = textOf(builder, podTable, POD_ID, row);
    pods[row - rows.pods.from] =
      uid === '' ? `${textOf(builder, podTable, NAMESPACE, row)}/${textOf(builder, podTable, POD_NAME, row)}` : uid;
  }
  const containerTable = builder.table('pod_container');
  const containerPods: number[] = new Array(rows.containers.to - rows.containers.from);
  for (let row = rows.containers.from; row < rows.containers.to; row++) {
    const pod = containerTable.getParent(row) - rows.pods.from;
    containerPods[row - rows.containers.from] = pod >= 0 && pod < pods.length ? pod : -1;
  }
  return {
    node: textOf(builder, builder.table('node'), NODE_NAME, rows.node),
    sysContainers: namesOf(builder, builder.table('sys_container'), rows.sysContainers),
    pods,
    containers: namesOf(builder, containerTable, rows.containers),
    containerPods,
  };
}

function textOf({ strings }: MetricBatchBuilder, table: TableBuilder, label: number, row: number): string {
  return strings.get(table.getLabel(label, row)) ?? '';
}

function namesOf(builder: MetricBatchBuilder, table: TableBuilder, { from, to }: RowRange): string[] {
  const names: string[] = new Array(to - from);
  for (let row = from; row < to; row++) names[row - from] = textOf(builder, table, CONTAINER_NAME, row);
  return names;
}

/** By row of `keys`: the row of the same entity in `previous`; -1 = it was not there. */
export function matchRows(keys: RowKeys, previous: NodeCounters): Int32Array {
  const { sysContainers, pods, containers } = keys;
  const matched = new Int32Array(1 + sysContainers.length + pods.length + containers.length).fill(-1);
  matched[0] = 0;
  const sys = matched.subarray(1, 1 + sysContainers.length);
  const pod = matched.subarray(1 + sysContainers.length, 1 + sysContainers.length + pods.length);
  const container = matched.subarray(1 + sysContainers.length + pods.length);
  matchNames(sysContainers, previous.sysContainers, sys);
  matchNames(pods, previous.pods, pod);
  matchContainers(keys, pod, previous, container);
  shift(sys, 1);
  shift(pod, 1 + previous.sysContainers.length);
  shift(container, 1 + previous.sysContainers.length + previous.pods.length);
  return matched;
}

function shift(indexes: Int32Array, by: number): void {
  for (let i = 0; i < indexes.length; i++) if (indexes[i]! >= 0) indexes[i]! += by;
}

/** Most names are where they were; a map is made for the first that is not. */
function matchNames(names: readonly string[], previous: readonly string[], out: Int32Array): void {
  let byName: Map<string, number> | undefined;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    if (previous[i] === name) {
      out[i] = i;
      continue;
    }
    if (byName === undefined) {
      byName = new Map();
      for (let k = previous.length - 1; k >= 0; k--) byName.set(previous[k]!, k);
    }
    out[i] = byName.get(name) ?? -1;
  }
}

/** Containers of a pod form a chain (`first` by pod, `next` by container), so nothing is made per pod. */
function matchContainers(keys: RowKeys, podMatch: Int32Array, previous: NodeCounters, out: Int32Array): void {
  const first = new Int32Array(previous.pods.length).fill(-1);
  const next = new Int32Array(previous.containers.length).fill(-1);
  for (let k = previous.containers.length - 1; k >= 0; k--) {
    const pod = previous.containerPods[k]!;
    if (pod < 0) continue;
    next[k] = first[pod]!;
    first[pod] = k;
  }
  let byPod: Map<number, Map<string, number>> | undefined;
  for (let i = 0; i < keys.containers.length; i++) {
    const pod = keys.containerPods[i]! < 0 ? -1 : podMatch[keys.containerPods[i]!]!;
    if (pod < 0) continue;
    const name = keys.containers[i]!;
    let candidate = first[pod]!;
    for (let step = 0; step < SHORT_CHAIN && candidate >= 0 && previous.containers[candidate] !== name; step++) {
      candidate = next[candidate]!;
    }
    if (candidate >= 0 && previous.containers[candidate] !== name) {
      byPod ??= new Map();
      let byName = byPod.get(pod);
      if (byName === undefined) {
        byName = new Map();
        for (let k = candidate; k >= 0; k = next[k]!)
          if (!byName.has(previous.containers[k]!)) byName.set(previous.containers[k]!, k);
        byPod.set(pod, byName);
      }
      candidate = byName.get(name) ?? -1;
    }
    out[i] = candidate;
  }
}
