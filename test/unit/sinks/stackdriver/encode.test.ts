import { describe, expect, it } from 'vitest';
import type { MetricBatch } from '../../../../shared/core/batch.ts';
import { MetricBatchBuilder } from '../../../../shared/core/batch-builder.ts';
import type { LabelKey } from '../../../../shared/core/labels.ts';
import type { Level } from '../../../../shared/core/level.ts';
import { metricId } from '../../../../shared/core/metrics.ts';
import { HOUR, MINUTE } from '../../../../shared/core/units.ts';
import { encodeBatch } from '../../../support/time-series.ts';

const STAMP = Date.UTC(2026, 10, 24, 5);
const START = STAMP - 3 * HOUR - 17;
const PREFIX = 'custom.googleapis.com/heapster';

interface Row {
  readonly level: Level;
  readonly labels: Readonly<Partial<Record<LabelKey | 'team/name', string>>>;
  readonly values: Readonly<Record<string, number>>;
  readonly start?: number;
  readonly created?: number;
}

function batchOf(...rows: readonly Row[]): MetricBatch {
  const builder = new MetricBatchBuilder({
    timestamp: STAMP,
    resolution: MINUTE,
    cluster: 'configured',
    extraLabelKeys: ['team/name'],
  });
  for (const { level, labels, values, start, created } of rows) {
    const table = builder.table(level);
    const row = table.addRow();
    for (const [key, text] of Object.entries(labels)) {
      table.setLabel(builder.labelColumn(key), row, builder.strings.intern(text));
    }
    for (const [key, value] of Object.entries(values)) table.set(metricId(key), row, value);
    if (start !== undefined) table.setStart(row, start);
    if (created !== undefined) table.setCreated(row, created);
  }
  return builder.build();
}

const NODE = { level: 'node', labels: { nodename: 'n1', host_id: 'i-1' } } as const;
const POD = {
  namespace_name: 'shop',
  namespace_id: 'uid-ns',
  pod_name: 'web-0',
  pod_id: 'uid-pod',
  nodename: 'n1',
  host_id: 'i-1',
} as const;

describe('a point of stackdriver:', () => {
  it('is at the stamp for a gauge, and reaches from the start to the stamp for a counter', () => {
    const { series } = encodeBatch(
      batchOf({ ...NODE, values: { 'cpu/usage': 5e9, 'cpu/node_capacity': 4_000 }, start: START }),
    );

    expect(series.map(({ type, kind, points }) => [type, kind, points[0]])).toEqual([
      [
        `${PREFIX}/node/cpu/core_usage_time`,
        'CUMULATIVE',
        { start: START, end: STAMP, field: 'doubleValue', value: 5 },
      ],
      [`${PREFIX}/node/cpu/total_cores`, 'GAUGE', { start: undefined, end: STAMP, field: 'doubleValue', value: 4 }],
    ]);
  });

  it('begins 1 ms later where a counter begins at a stamp, for a point of the series before may end there', () => {
    const { series } = encodeBatch(batchOf({ ...NODE, values: { 'network/rx': 5 }, start: STAMP - MINUTE }));

    expect(series[0]?.points[0]).toMatchObject({ start: STAMP - MINUTE + 1, end: STAMP });
  });

  it('begins before the stamp where the entity started after it', () => {
    const { series } = encodeBatch(batchOf({ ...NODE, values: { 'network/rx': 5 }, start: STAMP + 2_500 }));

    expect(series[0]?.points[0]).toMatchObject({ start: STAMP - 1, end: STAMP });
  });

  it('counts since the creation where the start is unknown, and is rejected where both are', () => {
    const pod = { level: 'pod', labels: POD, values: { 'network/rx': 5 } } as const;
    const known = encodeBatch(batchOf({ ...pod, created: START }));
    const unknown = encodeBatch(batchOf(pod));

    expect(known.series[0]?.points[0]?.start).toBe(START);
    expect(unknown.rejected).toEqual({ 'a counter is not sent while nobody knows since when it counts': 1 });
  });

  it('counts restarts since the pod was created, not since the last start', () => {
    const { series } = encodeBatch(
      batchOf({
        level: 'pod_container',
        labels: { ...POD, container_name: 'app' },
        values: { restart_count: 3, uptime: 9_000 },
        start: START,
        created: START - HOUR,
      }),
    );

    expect(series.map(({ type, points }) => [type.slice(PREFIX.length), points[0]?.start])).toEqual([
      ['/container/uptime', START],
      ['/container/restart_count', START - HOUR],
    ]);
  });

  it.each([
    ['old', '/container/memory/bytes_used'],
    ['new', '/node/memory/used_bytes'],
  ] as const)('divides memory in use by memory_type in the %s model', (model, type) => {
    const { series } = encodeBatch(batchOf({ ...NODE, values: { 'memory/usage': 100, 'memory/working_set': 70 } }), {
      models: [model],
    });

    expect(series.map((one) => [one.type.slice(PREFIX.length), one.metricLabels, one.points[0]?.value])).toEqual([
      [type, { memory_type: 'evictable' }, 30],
      [type, { memory_type: 'non-evictable' }, 70],
    ]);
  });

  it('is the whole memory, as undivided, where there is no working set', () => {
    const { series } = encodeBatch(batchOf({ ...NODE, values: { 'memory/usage': 100 } }));

    expect(series.map((one) => [one.metricLabels, one.points[0]?.value])).toEqual([
      [{ memory_type: 'undivided' }, 100],
    ]);
  });

  it('divides page faults by fault_type in the old model', () => {
    const { series } = encodeBatch(
      batchOf({ ...NODE, values: { 'memory/page_faults': 50, 'memory/major_page_faults': 8 }, start: START }),
      { models: ['old'] },
    );

    expect(series.map((one) => [one.metricLabels, one.points[0]?.value])).toEqual([
      [{ fault_type: 'minor' }, 42],
      [{ fault_type: 'major' }, 8],
    ]);
  });

  it("has the node's memory and ephemeral storage, which Heapster always sent as 0", () => {
    const batch = batchOf({
      ...NODE,
      values: { 'memory/node_allocatable': 16e9, 'ephemeral_storage/node_capacity': 100e9 },
    });
    const values = (model: 'old' | 'new'): unknown =>
      Object.fromEntries(
        encodeBatch(batch, { models: [model] }).series.map((one) => [
          one.type.slice(PREFIX.length),
          one.points[0]?.value,
        ]),
      );

    expect(values('old')).toMatchObject({ '/container/memory/bytes_total': 16e9 });
    expect(values('new')).toMatchObject({ '/node/ephemeral_storage/total_bytes': 100e9 });
  });

  it('keeps a whole number below zero', () => {
    const { series } = encodeBatch(batchOf({ ...NODE, values: { 'memory/available': -(2 ** 40) - 1 } }));

    expect(series[0]?.points[0]?.value).toBe(-(2 ** 40) - 1);
  });
});

describe('the resource of stackdriver:', () => {
  const container = {
    level: 'pod_container',
    labels: { ...POD, container_name: 'app' },
    values: { uptime: 1 },
    start: START,
  } as const;
  const resources = (row: Row, settings: Parameters<typeof encodeBatch>[1]): unknown =>
    encodeBatch(batchOf(row), settings).series.map((one) => [one.resource, one.resourceLabels, one.metricLabels]);

  it('is gke_container by uids in the old model', () => {
    expect(resources(container, { models: ['old'], clusterName: 'prod' })).toEqual([
      [
        'gke_container',
        {
          cluster_name: 'prod',
          zone: 'europe-west1-b',
          instance_id: 'i-1',
          namespace_id: 'uid-ns',
          pod_id: 'uid-pod',
          container_name: 'app',
        },
        {},
      ],
    ]);
  });

  it('is the machine for a node in the old model, by its name where there is no id', () => {
    const node = { level: 'node', labels: { nodename: 'n1' }, values: { uptime: 1 }, start: START } as const;

    expect(resources(node, { models: ['old'] })).toEqual([
      [
        'gke_container',
        { cluster_name: 'configured', zone: 'europe-west1-b', instance_id: 'n1', container_name: 'machine' },
        {},
      ],
    ]);
  });

  it('is k8s_container by names in the new model', () => {
    expect(resources(container, { models: ['new'], clusterName: 'prod' })).toEqual([
      [
        'k8s_container',
        {
          cluster_name: 'prod',
          location: 'europe-west1',
          namespace_name: 'shop',
          pod_name: 'web-0',
          container_name: 'app',
        },
        {},
      ],
    ]);
  });

  it('is both in one request with both models, and a point counts once', () => {
    const batch = batchOf(
      ...Array.from({ length: 150 }, (_, index) => ({
        ...container,
        labels: { ...container.labels, pod_id: `u${index}`, pod_name: `p${index}` },
      })),
    );

    const { requests, series } = encodeBatch(batch, { models: ['old', 'new'] });

    expect(requests.map(({ points }) => points)).toEqual([100, 50]);
    expect(series).toHaveLength(300);
    expect(requests[0]?.split()?.map(({ points }) => points)).toEqual([50, 50]);
  });

  it('is the node for its system containers, and the pod for its volumes, with a metric label', () => {
    const daemon: Row = {
      level: 'sys_container',
      labels: { nodename: 'n1', container_name: 'kubelet' },
      values: { 'memory/rss': 1 },
    };
    const volume: Row = {
      level: 'volume',
      labels: { ...POD, volume_name: 'data', resource_id: 'Volume:data' },
      values: { 'filesystem/usage': 1 },
    };

    expect(resources(daemon, { models: ['new'] })).toMatchObject([
      ['k8s_node', { node_name: 'n1' }, { component: 'kubelet' }],
    ]);
    expect(resources(volume, { models: ['new'] })).toMatchObject([
      ['k8s_pod', { pod_name: 'web-0' }, { volume_name: 'data' }],
    ]);
    expect(resources(volume, { models: ['old'] })).toMatchObject([
      ['gke_container', {}, { device_name: 'Volume:data' }],
    ]);
  });

  it('is the cluster for totals, with what they are totals of as metric labels', () => {
    const total = (level: Level, labels: Row['labels']): unknown =>
      resources({ level, labels, values: { 'cpu/usage_rate': 1 } }, { models: ['old', 'new'] });

    expect(total('namespace', { namespace_name: 'shop', namespace_id: 'uid' })).toEqual([
      ['k8s_cluster', { location: 'europe-west1', cluster_name: 'configured' }, { namespace_name: 'shop' }],
    ]);
    expect(total('workload', { namespace_name: 'shop', workload_kind: 'Job', workload_name: 'j' })).toMatchObject([
      ['k8s_cluster', {}, { namespace_name: 'shop', workload_kind: 'Job', workload_name: 'j' }],
    ]);
    expect(total('group', { grouping: 'team', 'team/name': 'blue' })).toMatchObject([
      ['k8s_cluster', {}, { grouping: 'team', team_name: 'blue' }],
    ]);
    expect(total('cluster', {})).toMatchObject([['k8s_cluster', {}, {}]]);
  });

  it("tells filesystems apart by device_name, Heapster's word for it, in the old model", () => {
    const row: Row = { ...NODE, values: { 'filesystem/usage[/]': 1, 'filesystem/usage[imagefs]': 2 } };

    expect(encodeBatch(batchOf(row), { models: ['old'] }).series.map(({ metricLabels }) => metricLabels)).toEqual([
      { device_name: '/' },
      { device_name: 'imagefs' },
    ]);
  });
});
