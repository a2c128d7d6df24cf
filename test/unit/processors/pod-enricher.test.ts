import { describe, expect, it } from 'vitest';
import { ROW_FLAGS } from '../../../shared/core/batch.ts';
import { enrichPods } from '../../../shared/processors/pod-enricher.ts';
import { createPodIndex, type PodIndex } from '../../../shared/processors/pod-index.ts';
import { digestPod } from '../../../shared/processors/pod-meta.ts';
import { addRows, denseOf, labelOfRow, type PodSpec, podObject, testBuilder, testNode } from './rows.ts';

const LABELS = { separator: ',', ignored: new Set<string>(), stored: new Map<string, string>() };
const SETTINGS = { namespaceIds: { default: 'ns-1' } };
const NODE = testNode('n1');
const STARTED = Date.UTC(2025, 11, 31);

function indexOf(...pods: readonly PodSpec[]): PodIndex {
  return createPodIndex(pods.flatMap((pod) => digestPod(podObject(pod), LABELS) ?? []));
}

describe('enrichPods', () => {
  it('adds a row without measurements for a container of the spec that the kubelet does not report', () => {
    const builder = testBuilder();
    const decoded = addRows(builder, NODE, {
      pods: [{ namespace: 'default', name: 'web', containers: [{ name: 'up', values: { 'cpu/usage_rate': 5 } }] }],
    });
    const spec = { name: 'web', node: 'n1', labels: { app: 'web' } };
    const index = indexOf({
      ...spec,
      containers: [{ name: 'waiting', requests: { cpu: '100m' }, restarts: 7 }, { name: 'up' }],
    });

    const rows = enrichPods(builder, decoded, index, SETTINGS);

    const containers = builder.table('pod_container');
    expect(rows.containers).toEqual({ from: 0, to: 2 });
    expect(containers.hasFlag(0, ROW_FLAGS.unmeasured)).toBe(false);
    expect(containers.hasFlag(1, ROW_FLAGS.unmeasured)).toBe(true);
    expect(containers.getParent(1)).toBe(rows.pods.from);
    expect(denseOf(containers, 1, 'cpu/request')).toBe(100);
    expect(denseOf(containers, 1, 'restart_count')).toBe(7);
    expect(denseOf(containers, 1, 'cpu/usage_rate')).toBeUndefined();
    expect(containers.getStart(1)).toBeNaN();
    const labels = ['nodename', 'pod_name', 'namespace_name', 'namespace_id', 'container_name', 'labels'];
    expect(labels.map((key) => labelOfRow(builder, containers, 1, key))).toEqual([
      'n1',
      'web',
      'default',
      'ns-1',
      'waiting',
      'app:web',
    ]);
  });

  it('refuses to add rows behind those of another node', () => {
    const builder = testBuilder();
    const pods = [{ namespace: 'default', name: 'web', containers: [] }];
    const decoded = addRows(builder, NODE, { pods });
    addRows(builder, testNode('n2'), { pods: [{ namespace: 'x', name: 'y', containers: [{ name: 'c' }] }] });

    const enrich = () =>
      enrichPods(builder, decoded, indexOf({ name: 'web', node: 'n1', containers: [{ name: 'c' }] }), SETTINGS);

    expect(enrich).toThrow(RangeError);
  });

  it('joins a static pod, whose uid is another one in the summary, and gives it that of the API server', () => {
    const builder = testBuilder();
    const decoded = addRows(builder, NODE, {
      pods: [{ namespace: 'default', name: 'etcd-n1', uid: '278a74e9', containers: [{ name: 'etcd' }] }],
    });

    enrichPods(builder, decoded, indexOf({ name: 'etcd-n1', node: 'n1', uid: 'b26ff3fc' }), SETTINGS);

    expect(labelOfRow(builder, builder.table('pod'), 0, 'pod_id')).toBe('b26ff3fc');
    expect(labelOfRow(builder, builder.table('pod_container'), 0, 'pod_id')).toBe('b26ff3fc');
  });

  it('does not take the replacement of a pod on another node for the pod', () => {
    const builder = testBuilder();
    const decoded = addRows(builder, NODE, { pods: [{ namespace: 'default', name: 'db-0', uid: 'old' }] });

    enrichPods(builder, decoded, indexOf({ name: 'db-0', node: 'n2', uid: 'new', labels: { app: 'db' } }), SETTINGS);

    expect(labelOfRow(builder, builder.table('pod'), 0, 'pod_id')).toBe('old');
    expect(labelOfRow(builder, builder.table('pod'), 0, 'labels')).toBeUndefined();
  });

  it('joins a pod that was bound to no node when pods were listed, by its uid', () => {
    const builder = testBuilder();
    const pods = ['old', 'new'].map((uid) => ({ namespace: 'default', name: 'job-1', uid }));
    const decoded = addRows(builder, NODE, { pods });

    enrichPods(builder, decoded, indexOf({ name: 'job-1', uid: 'new', labels: { app: 'job' } }), SETTINGS);

    expect(labelOfRow(builder, builder.table('pod'), 0, 'labels')).toBeUndefined();
    expect(labelOfRow(builder, builder.table('pod'), 1, 'labels')).toBe('app:job');
  });

  it('tells pods of one name in several namespaces of a node apart', () => {
    const builder = testBuilder();
    const namespaces = ['blue', 'green', 'red'];
    const pods = namespaces.map((namespace) => ({ namespace, name: 'web', uid: namespace }));
    const decoded = addRows(builder, NODE, { pods });
    const common = { name: 'web', node: 'n1' };
    const listed = pods.slice(0, 2).map(({ namespace, uid }) => ({ ...common, namespace, uid, labels: { app: uid } }));

    enrichPods(builder, decoded, indexOf(...listed), SETTINGS);

    const labels = pods.map((_, row) => labelOfRow(builder, builder.table('pod'), row, 'labels'));
    expect(labels).toEqual(['app:blue', 'app:green', undefined]);
  });

  it('clears network values of a pod on the network of the host', () => {
    const builder = testBuilder();
    const network = { 'network/rx': 10, 'network/tx_rate': 5, 'memory/usage': 1 };
    const pods = ['host', 'own'].map((name) => ({ namespace: 'default', name, values: network }));
    const decoded = addRows(builder, NODE, { pods });

    enrichPods(
      builder,
      decoded,
      indexOf({ name: 'host', node: 'n1', hostNetwork: true }, { name: 'own', node: 'n1' }),
      SETTINGS,
    );

    const table = builder.table('pod');
    expect(table.hasFlag(0, ROW_FLAGS.hostNetwork)).toBe(true);
    expect([denseOf(table, 0, 'network/rx'), denseOf(table, 0, 'network/tx_rate')]).toEqual([undefined, undefined]);
    expect(denseOf(table, 0, 'memory/usage')).toBe(1);
    expect(denseOf(table, 1, 'network/rx')).toBe(10);
  });

  it('gives image, owner and creation time to pods and containers', () => {
    const builder = testBuilder();
    const decoded = addRows(builder, NODE, {
      pods: [{ namespace: 'default', name: 'web', containers: [{ name: 'c' }, { name: 'init' }] }],
    });

    enrichPods(builder, decoded, indexOf({ name: 'web', node: 'n1', containers: [{ name: 'c' }] }), SETTINGS);

    const containers = builder.table('pod_container');
    expect(labelOfRow(builder, containers, 0, 'container_base_image')).toBe('c:1');
    expect(labelOfRow(builder, containers, 1, 'container_base_image')).toBeUndefined();
    expect(labelOfRow(builder, containers, 1, 'workload_name')).toBe('web');
    expect(denseOf(containers, 1, 'cpu/request')).toBeUndefined();
    expect(builder.table('pod').getCreated(0)).toBe(STARTED);
    expect(containers.getCreated(0)).toBe(STARTED);
  });

  it('is not misled by namespaces with names of object members', () => {
    const builder = testBuilder();
    const decoded = addRows(builder, NODE, { pods: [{ namespace: 'constructor', name: 'a' }] });

    enrichPods(builder, decoded, indexOf(), SETTINGS);

    expect(labelOfRow(builder, builder.table('pod'), 0, 'namespace_id')).toBeUndefined();
  });
});
