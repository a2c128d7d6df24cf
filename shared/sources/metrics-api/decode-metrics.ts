import type { MetricBatchBuilder } from '../../core/batch-builder.ts';
import { labelIndex } from '../../core/labels.ts';
import { metricId, SAMPLE_CLOCKS } from '../../core/metrics.ts';
import type { TableBuilder } from '../../core/table-builder.ts';
import { HOUR, MINUTE, type UnixMillis } from '../../core/units.ts';
import type { Usage } from '../../kube/decode-metrics-objects.ts';
import type { DecodeResult, NodeDocument, NodeIdentity } from '../source.ts';

/** A pod that the API server says is on the node. */
export interface BoundPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
}

export interface MetricsContext {
  readonly now: UnixMillis;
  /** The Metrics API does not say where a pod is: this does. */
  readonly pods: readonly BoundPod[];
}

const NODENAME = labelIndex('nodename');
const HOSTNAME = labelIndex('hostname');
const HOST_ID = labelIndex('host_id');
const POD_ID = labelIndex('pod_id');
const POD_NAME = labelIndex('pod_name');
const NAMESPACE_NAME = labelIndex('namespace_name');
const CONTAINER_NAME = labelIndex('container_name');
const CPU_RATE = metricId('cpu/usage_rate');
const WORKING_SET = metricId('memory/working_set');
const CPU_CLOCK = SAMPLE_CLOCKS.indexOf('cpu');
const MEMORY_CLOCK = SAMPLE_CLOCKS.indexOf('memory');
/** As for summaries: more is a wrong clock. */
const MAX_AHEAD = 10 * MINUTE;
const MAX_AGE = HOUR;

/**
 * One node's part of the Metrics API as rows: `cpu/usage_rate` is the API's own mean over its window, which ends at the sample
 * time; `memory/working_set`. A pod has a row if the API knows its usage, with the sum of its containers. What the API
 * does not have is absent. Outcome `clock_skew` if the sample time is impossible.
 */
export function decodeMetrics(
  document: Extract<NodeDocument, { readonly kind: 'metrics' }>,
  node: NodeIdentity,
  builder: MetricBatchBuilder,
  { now, pods }: MetricsContext,
): DecodeResult {
  const { timestamp } = document.node;
  if (Number.isNaN(timestamp)) {
    return { status: 'failed', reason: 'invalid', message: 'the Metrics API does not say when the node was sampled' };
  }
  if (timestamp - now > MAX_AHEAD || now - timestamp > MAX_AGE) {
    const message = `the Metrics API's sample of ${new Date(timestamp).toISOString()} is impossibly far from this collector's clock: check the time synchronisation of both, and metrics-server`;
    return { status: 'failed', reason: 'clock_skew', message };
  }
  const { strings } = builder;
  const ids = {
    nodename: strings.intern(node.name || undefined),
    hostname: strings.intern(node.hostname || undefined),
    hostId: strings.intern(node.hostId || undefined),
  };
  const tables = {
    nodes: builder.table('node'),
    pods: builder.table('pod'),
    containers: builder.table('pod_container'),
  };
  const addRow = (table: TableBuilder): number => {
    const row = table.addRow();
    table.setLabel(NODENAME, row, ids.nodename);
    table.setLabel(HOSTNAME, row, ids.hostname);
    table.setLabel(HOST_ID, row, ids.hostId);
    return row;
  };
  const first = { pods: tables.pods.rows, containers: tables.containers.rows };
  const row = addRow(tables.nodes);
  setUsage(tables.nodes, row, document.node, timestamp);
  let badTimes = 0;
  for (const { namespace, name, uid } of pods) {
    const usage = document.podUsage(namespace, name);
    if (usage === undefined) continue;
    const isTimed = usage.timestamp - now <= MAX_AHEAD && now - usage.timestamp <= MAX_AGE;
    if (!isTimed) {
      badTimes++;
      continue;
    }
    const pod = addRow(tables.pods);
    tables.pods.setParent(pod, row);
    if (uid !== undefined) tables.pods.setLabel(POD_ID, pod, strings.intern(uid));
    tables.pods.setLabel(POD_NAME, pod, strings.intern(name));
    tables.pods.setLabel(NAMESPACE_NAME, pod, strings.intern(namespace));
    setClocks(tables.pods, pod, usage.timestamp);
    for (const container of usage.containers) {
      const at = addRow(tables.containers);
      tables.containers.setParent(at, pod);
      for (const label of [POD_ID, POD_NAME, NAMESPACE_NAME])
        tables.containers.setLabel(label, at, tables.pods.getLabel(label, pod));
      tables.containers.setLabel(CONTAINER_NAME, at, strings.intern(container.name));
      setUsage(tables.containers, at, container, usage.timestamp);
    }
  }
  const none = (level: 'sys_container' | 'volume') => {
    const { rows } = builder.table(level);
    return { from: rows, to: rows };
  };
  return {
    status: 'ok',
    rows: {
      node: row,
      sysContainers: none('sys_container'),
      pods: { from: first.pods, to: tables.pods.rows },
      containers: { from: first.containers, to: tables.containers.rows },
      volumes: none('volume'),
    },
    faults: badTimes === 0 ? {} : { bad_time: badTimes },
  };
}

function setUsage(table: TableBuilder, row: number, { cpu, memory }: Usage, timestamp: UnixMillis): void {
  setClocks(table, row, timestamp);
  if (!Number.isNaN(cpu)) table.set(CPU_RATE, row, cpu);
  if (!Number.isNaN(memory)) table.set(WORKING_SET, row, memory);
}

function setClocks(table: TableBuilder, row: number, timestamp: UnixMillis): void {
  table.setSampled(CPU_CLOCK, row, timestamp);
  table.setSampled(MEMORY_CLOCK, row, timestamp);
}
