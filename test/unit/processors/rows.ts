import { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { labelIndex } from '../../../shared/core/labels.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import type { ShardNode } from '../../../shared/fanout/invoker.ts';
import type { PodObject } from '../../../shared/kube/types.ts';
import type { NodeRows } from '../../../shared/sources/source.ts';

export const TIMESTAMP = Date.UTC(2026, 0, 1);

/** Values by metric key. */
export type Values = Readonly<Record<string, number>>;

export interface ContainerSample {
  readonly name: string;
  readonly values?: Values;
  readonly custom?: Values;
}

export interface PodSample {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  readonly values?: Values;
  readonly containers?: readonly ContainerSample[];
}

export function testBuilder(extraLabelKeys: readonly string[] = []): MetricBatchBuilder {
  return new MetricBatchBuilder({ timestamp: TIMESTAMP, resolution: 60_000, cluster: 'test', extraLabelKeys });
}

export function testNode(name: string, more: Partial<ShardNode> = {}): ShardNode {
  return { name, hostname: name, hostId: '', ready: true, labels: {}, capacity: {}, allocatable: {}, ...more };
}

/** Rows of one node as decoding and rates leave them. */
export function addRows(
  builder: MetricBatchBuilder,
  node: ShardNode,
  sample: { readonly values?: Values; readonly pods?: readonly PodSample[] },
): NodeRows {
  const nodes = builder.table('node');
  const pods = builder.table('pod');
  const containers = builder.table('pod_container');
  const { strings } = builder;
  const row = nodes.addRow();
  nodes.setLabel(labelIndex('nodename'), row, strings.intern(node.name));
  setAll(nodes, row, sample.values);
  const from = { pods: pods.rows, containers: containers.rows };
  for (const pod of sample.pods ?? []) {
    const podRow = pods.addRow();
    pods.setParent(podRow, row);
    const names = { nodename: node.name, hostname: node.hostname, namespace_name: pod.namespace, pod_name: pod.name };
    const labels = { ...names, ...(pod.uid === undefined ? {} : { pod_id: pod.uid }) };
    setLabels(builder, pods, podRow, labels);
    setAll(pods, podRow, pod.values);
    for (const container of pod.containers ?? []) {
      const at = containers.addRow();
      containers.setParent(at, podRow);
      setLabels(builder, containers, at, { ...labels, container_name: container.name });
      setAll(containers, at, container.values);
      for (const [name, value] of Object.entries(container.custom ?? {})) {
        containers.addSparse(at, builder.dynamicMetric(name, 'gauge', ['pod', 'pod_container']), 0, value);
      }
    }
  }
  const none = { from: 0, to: 0 };
  return {
    node: row,
    sysContainers: none,
    pods: { from: from.pods, to: pods.rows },
    containers: { from: from.containers, to: containers.rows },
    volumes: none,
  };
}

type Table = ReturnType<MetricBatchBuilder['table']>;

function setAll(table: Table, row: number, values: Values | undefined): void {
  for (const [key, value] of Object.entries(values ?? {})) table.set(metricId(key), row, value);
}

function setLabels(builder: MetricBatchBuilder, table: Table, row: number, labels: Record<string, string>): void {
  for (const [key, value] of Object.entries(labels)) {
    table.setLabel(builder.labelColumn(key), row, builder.strings.intern(value));
  }
}

/** A dense value of a row, or undefined if it is absent. */
export function denseOf(table: Table, row: number, key: string): number | undefined {
  const value = table.get(metricId(key), row);
  return Number.isNaN(value) ? undefined : value;
}

/** A sparse value of a row by metric name. */
export function sparseOf(builder: MetricBatchBuilder, table: Table, row: number, name: string): number | undefined {
  const { row: rows, metric, value, length } = table.sparse();
  for (let i = 0; i < length; i++) {
    if (rows[i] === row && builder.metrics[metric[i]!]?.name === name) return value[i];
  }
  return undefined;
}

export function labelOfRow(builder: MetricBatchBuilder, table: Table, row: number, key: string): string | undefined {
  return builder.strings.get(table.getLabel(builder.labelColumn(key), row));
}

export interface PodSpec {
  readonly namespace?: string;
  readonly name: string;
  readonly node?: string;
  readonly uid?: string;
  readonly phase?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hostNetwork?: boolean;
  readonly containers?: readonly {
    readonly name: string;
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
    readonly restarts?: number;
  }[];
}

/** A pod as the API server gives it. */
export function podObject(spec: PodSpec): PodObject {
  const containers = spec.containers ?? [];
  return {
    metadata: {
      name: spec.name,
      namespace: spec.namespace ?? 'default',
      uid: spec.uid ?? `uid-${spec.name}`,
      labels: spec.labels ?? {},
    },
    spec: {
      ...(spec.node === undefined ? {} : { nodeName: spec.node }),
      ...(spec.hostNetwork === undefined ? {} : { hostNetwork: spec.hostNetwork }),
      containers: containers.map(({ name, requests, limits }) => ({
        name,
        image: `${name}:1`,
        resources: { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) },
      })),
    },
    status: {
      phase: spec.phase ?? 'Running',
      startTime: '2025-12-31T00:00:00Z',
      containerStatuses: containers.flatMap(({ name, restarts }) =>
        restarts === undefined ? [] : [{ name, restartCount: restarts }],
      ),
    },
  };
}
