import { beforeEach, describe, expect, it } from 'vitest';
import type { MetricBatch } from '../../../shared/core/batch.ts';
import type { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { metricId } from '../../../shared/core/metrics.ts';
import { aggregateNode } from '../../../shared/processors/node-aggregator.ts';
import { enrichNode } from '../../../shared/processors/node-enricher.ts';
import { aggregatePods } from '../../../shared/processors/pod-aggregator.ts';
import { enrichPods } from '../../../shared/processors/pod-enricher.ts';
import { createPodIndex } from '../../../shared/processors/pod-index.ts';
import { digestPod } from '../../../shared/processors/pod-meta.ts';
import { createTotals } from '../../../shared/processors/totals.ts';
import { buildTotals } from '../../../shared/processors/totals-batch.ts';
import type { NodeRows } from '../../../shared/sources/source.ts';
import { addRows, denseOf, labelOfRow, podObject, sparseOf, TIMESTAMP, testBuilder, testNode } from './rows.ts';

const GIB = 2 ** 30;
const LABELS = {
  separator: ',',
  ignored: new Set(['secret']),
  stored: new Map([
    ['app', 'app'],
    ['tier', 'layer'],
  ]),
};
const NAMESPACE_IDS = { default: 'ns-1', 'kube-system': 'ns-2' };
const NODE = testNode('n1', {
  capacity: { cpu: 2_000, memory: 8 * GIB },
  allocatable: { cpu: 1_900, memory: 7 * GIB },
});

/** The cluster of Heapster's observed run: what the kubelet said and what the API server knew. */
function runChain(builder: MetricBatchBuilder): { readonly rows: NodeRows; readonly totals: MetricBatch } {
  const decoded = addRows(builder, NODE, {
    values: { 'cpu/usage_rate': 900, 'memory/usage': GIB },
    pods: [
      {
        namespace: 'default',
        name: 'web',
        uid: 'uid-web',
        values: { 'cpu/usage_rate': 550, 'memory/usage': 1600, 'ephemeral_storage/usage': 99 },
        containers: [
          {
            name: 'one',
            values: { 'cpu/usage_rate': 300, 'memory/usage': 1000, 'ephemeral_storage/usage': 33 },
            custom: { 'custom/qps': 3.5 },
          },
          { name: 'two', values: { 'cpu/usage_rate': 200, 'memory/usage': 500, 'ephemeral_storage/usage': 3 } },
        ],
      },
      {
        namespace: 'kube-system',
        name: 'proxy',
        uid: 'uid-proxy',
        values: { 'memory/usage': 900 },
        containers: [{ name: 'proxy', values: { 'cpu/usage_rate': 250, 'memory/usage': 850 } }],
      },
      {
        namespace: 'ghost',
        name: 'unknown',
        uid: 'uid-unknown',
        containers: [{ name: 'c', values: { 'cpu/usage_rate': 100, 'memory/usage': 80 } }],
      },
    ],
  });
  const objects = [
    podObject({
      name: 'web',
      node: 'n1',
      labels: { app: 'web', tier: 'front', secret: 's' },
      containers: [
        {
          name: 'one',
          requests: { cpu: '100m', memory: '64Mi' },
          limits: { cpu: '200m', memory: '128Mi' },
          restarts: 3,
        },
        { name: 'two', requests: { 'nvidia.com/gpu': '1' }, restarts: 3 },
      ],
    }),
    podObject({
      namespace: 'kube-system',
      name: 'proxy',
      node: 'n1',
      hostNetwork: true,
      containers: [{ name: 'proxy' }],
    }),
    podObject({ name: 'waiting', phase: 'Pending', containers: [{ name: 'c', requests: { cpu: '1' } }] }),
  ];
  const index = createPodIndex(objects.flatMap((object) => digestPod(object, LABELS) ?? []));
  const totals = createTotals({ groupings: [] });
  const rows = aggregatePods(builder, enrichPods(builder, decoded, index, { namespaceIds: NAMESPACE_IDS }));
  aggregateNode(builder, rows);
  enrichNode(builder, rows, NODE, { labels: LABELS, index });
  totals.add(builder, rows, index, NODE);
  return {
    rows,
    totals: buildTotals(totals.toPartialTables(), {
      timestamp: TIMESTAMP,
      resolution: 60_000,
      cluster: 'test',
      groupings: [],
      groupLimit: 10,
      namespaceIds: NAMESPACE_IDS,
    }),
  };
}

describe('what Heapster was observed to do', () => {
  let builder: MetricBatchBuilder;
  let totals: MetricBatch;
  let rows: NodeRows;

  beforeEach(() => {
    builder = testBuilder([...LABELS.stored.values()]);
    ({ rows, totals } = runChain(builder));
  });

  it.each([
    ['cpu/usage_rate', 550],
    ['memory/usage', 1600],
    ['cpu/request', 100],
    ['cpu/limit', 200],
    ['memory/request', 67_108_864],
    ['memory/limit', 134_217_728],
    ['restart_count', 6],
    ['ephemeral_storage/usage', 99],
    ['ephemeral_storage/request', 0],
  ])('gives pod default/web %s = %d', (key, expected) => {
    expect(denseOf(builder.table('pod'), rows.pods.from, key)).toBe(expected);
  });

  it('sums extra requests and custom metrics into the pod', () => {
    const pods = builder.table('pod');

    expect(sparseOf(builder, pods, rows.pods.from, 'nvidia.com/gpu/request')).toBe(1);
    expect(sparseOf(builder, pods, rows.pods.from, 'custom/qps')).toBe(3.5);
    expect(sparseOf(builder, pods, rows.pods.from + 1, 'custom/qps')).toBeUndefined();
  });

  it('says 0 for a request that is not set, and nothing for other resources', () => {
    const containers = builder.table('pod_container');
    const two = rows.containers.from + 1;

    expect(denseOf(containers, two, 'cpu/request')).toBe(0);
    expect(denseOf(containers, two, 'memory/limit')).toBe(0);
    expect(sparseOf(builder, containers, two, 'nvidia.com/gpu/request')).toBe(1);
    expect(sparseOf(builder, containers, two - 1, 'nvidia.com/gpu/request')).toBeUndefined();
  });

  it('sums cpu of a pod without its own rate from its containers, and keeps its own memory', () => {
    const pods = builder.table('pod');

    expect(denseOf(pods, rows.pods.from + 1, 'cpu/usage_rate')).toBe(250);
    expect(denseOf(pods, rows.pods.from + 1, 'memory/usage')).toBe(900);
  });

  it('passes a pod through that the API server does not know', () => {
    const pods = builder.table('pod');
    const row = rows.pods.from + 2;

    expect(denseOf(pods, row, 'cpu/usage_rate')).toBe(100);
    expect(denseOf(pods, row, 'memory/usage')).toBe(80);
    expect(denseOf(pods, row, 'cpu/request')).toBeUndefined();
    expect(labelOfRow(builder, pods, row, 'labels')).toBeUndefined();
    expect(labelOfRow(builder, pods, row, 'namespace_id')).toBeUndefined();
    expect(labelOfRow(builder, pods, row, 'pod_name')).toBe('unknown');
  });

  it('attaches stored and joined labels to pods and their containers', () => {
    for (const [level, row] of [
      ['pod', rows.pods.from],
      ['pod_container', rows.containers.from + 1],
    ] as const) {
      const table = builder.table(level);
      expect(labelOfRow(builder, table, row, 'app')).toBe('web');
      expect(labelOfRow(builder, table, row, 'layer')).toBe('front');
      expect(labelOfRow(builder, table, row, 'labels')).toBe('app:web,tier:front');
      expect(labelOfRow(builder, table, row, 'namespace_id')).toBe('ns-1');
    }
  });

  it('sums namespaces over pods and the cluster over namespaces', () => {
    const namespace = totals.tables.namespace!;
    const key = totals.labelKeys.indexOf('namespace_name');
    const found = Array.from({ length: namespace.rows }, (_, row) => [
      totals.strings.get(namespace.labels[key]![row]!),
      namespace.columns[metricId('cpu/usage_rate')]![row],
      namespace.columns[metricId('memory/usage')]![row],
    ]);

    expect(found).toEqual([
      ['default', 550, 1600],
      ['ghost', 100, 80],
      ['kube-system', 250, 900],
    ]);
    expect(totals.tables.cluster!.columns[metricId('cpu/usage_rate')]![0]).toBe(900);
    expect(totals.tables.cluster!.columns[metricId('memory/usage')]![0]).toBe(2580);
  });

  it('keeps what the node says of itself, and sums the requests of its pods', () => {
    const nodes = builder.table('node');

    expect(denseOf(nodes, rows.node, 'cpu/usage_rate')).toBe(900);
    expect(denseOf(nodes, rows.node, 'memory/usage')).toBe(GIB);
    expect(denseOf(nodes, rows.node, 'cpu/request')).toBe(100);
    expect(denseOf(nodes, rows.node, 'memory/request')).toBe(67_108_864);
  });

  it('divides use and requests of the node by what is allocatable', () => {
    const nodes = builder.table('node');

    expect(denseOf(nodes, rows.node, 'cpu/node_utilization')).toBeCloseTo(0.473684, 6);
    expect(denseOf(nodes, rows.node, 'cpu/node_reservation')).toBeCloseTo(0.052632, 6);
    expect(denseOf(nodes, rows.node, 'memory/node_utilization')).toBeCloseTo(0.142857, 6);
    expect(denseOf(nodes, rows.node, 'cpu/node_capacity')).toBe(2_000);
    expect(denseOf(nodes, rows.node, 'ephemeral_storage/node_capacity')).toBeUndefined();
  });

  it('has a pending pod in no row, and its request in no sum', () => {
    expect(builder.table('pod').rows).toBe(3);
    expect(totals.tables.cluster!.columns[metricId('cpu/request')]![0]).toBe(100);
    expect(totals.tables.cluster!.columns[metricId('pod/expected')]![0]).toBe(2);
  });

  it('says nothing of use where there is no rate yet, where Heapster said 0', () => {
    const first = testBuilder();
    const decoded = addRows(first, NODE, { values: { 'memory/usage': GIB } });
    enrichNode(first, decoded, NODE, { labels: LABELS, index: createPodIndex([]) });

    expect(denseOf(first.table('node'), decoded.node, 'cpu/node_utilization')).toBeUndefined();
    expect(denseOf(first.table('node'), decoded.node, 'cpu/node_allocatable')).toBe(1_900);
  });
});
