import { describe, expect, it } from 'vitest';
import { mergePartials } from '../../../shared/fanout/merge.ts';
import type { Partial } from '../../../shared/fanout/partial.ts';
import { addLostNodes } from '../../../shared/processors/lost-nodes.ts';
import { foldShard, type NodeSample, partialOf, rowsOf, totalsBatch } from './fold-shard.ts';
import { type PodSpec, podObject, testNode, type Values } from './rows.ts';

const NO_GROUPS = { groupings: [] };
const BY_APP = { groupings: [{ text: 'label:app', keys: [{ kind: 'label', name: 'app' }] }] } as const;

interface Pod extends PodSpec {
  /** Values of the pod's only container; of the pod itself if `onPod`. */
  readonly values?: Values;
  readonly onPod?: Values;
  readonly requests?: Readonly<Record<string, string>>;
}

/** A node whose kubelet reports these pods, and the API server too. */
function answered(name: string, pods: readonly Pod[], labels: Readonly<Record<string, string>> = {}): NodeSample {
  return {
    node: testNode(name, { labels }),
    summary: pods.map((pod) => ({
      namespace: pod.namespace ?? 'default',
      name: pod.name,
      uid: pod.uid ?? `uid-${pod.name}`,
      values: pod.onPod ?? {},
      containers: [{ name: 'c', values: pod.values ?? {} }],
    })),
    objects: pods.map((pod) =>
      podObject({
        node: name,
        containers: [{ name: 'c', ...(pod.requests ? { requests: pod.requests } : {}) }],
        ...pod,
      }),
    ),
  };
}

function failed(name: string, pods: readonly PodSpec[]): NodeSample {
  return { node: testNode(name), summary: undefined, objects: pods.map((pod) => podObject({ node: name, ...pod })) };
}

describe('totals', () => {
  it('hold sum, count, minimum and maximum of the pods of a label group', () => {
    const totals = foldShard(
      [
        answered('n1', [
          { name: 'a', labels: { app: 'web' }, values: { 'cpu/usage_rate': 10 } },
          { name: 'b', labels: { app: 'web' }, values: { 'cpu/usage_rate': 40 } },
          { name: 'c', labels: { app: 'web' } },
          { name: 'd', values: { 'cpu/usage_rate': 5 } },
        ]),
      ],
      BY_APP,
    );

    const groups = rowsOf(totalsBatch(totals, BY_APP), 'group');

    expect(groups.map((row) => row.labels)).toEqual([
      { grouping: 'label:app', app: '(none)' },
      { grouping: 'label:app', app: 'web' },
    ]);
    expect(groups[1]!.value('cpu/usage_rate')).toBe(50);
    expect(groups[1]!.statistics('cpu/usage_rate')).toEqual([2, 10, 40]);
    expect(groups[1]!.value('pod/count')).toBe(3);
    expect(groups[0]!.value('cpu/usage_rate')).toBe(5);
    expect(groups[0]!.value('memory/usage')).toBeUndefined();
    expect(groups[0]!.statistics('memory/usage')).toEqual([undefined, undefined, undefined]);
  });

  it('tell an empty label from a missing one', () => {
    const totals = foldShard([answered('n1', [{ name: 'a', labels: { app: '' } }, { name: 'b' }])], BY_APP);

    const groups = rowsOf(totalsBatch(totals, BY_APP), 'group');

    expect(groups.map((row) => row.labels['app'])).toEqual(['', '(none)']);
  });

  it('group by namespace, workload, node and labels of pods and nodes together', () => {
    const grouping = {
      text: 'namespace,workload,node,label:app,node-label:zone',
      keys: [
        { kind: 'namespace', name: 'namespace' },
        { kind: 'workload', name: 'workload' },
        { kind: 'node', name: 'node' },
        { kind: 'label', name: 'app' },
        { kind: 'node-label', name: 'zone' },
      ],
    } as const;
    const options = { groupings: [grouping] };
    const totals = foldShard([answered('n1', [{ name: 'a', labels: { app: 'web' } }], { zone: 'z1' })], options);

    const [group] = rowsOf(totalsBatch(totals, options), 'group');

    expect(group!.labels).toEqual({
      grouping: grouping.text,
      namespace: 'default',
      workload: 'Pod/a',
      node: 'n1',
      app: 'web',
      zone: 'z1',
    });
  });

  it('name the rows of namespaces and workloads as Heapster and the owners do', () => {
    const totals = foldShard([answered('n1', [{ name: 'a' }, { namespace: 'other', name: 'b' }])], NO_GROUPS);

    const batch = totalsBatch(totals, NO_GROUPS);

    expect(rowsOf(batch, 'namespace').map((row) => row.labels)).toEqual([
      { namespace_name: 'default', namespace_id: 'ns-1' },
      { namespace_name: 'other' },
    ]);
    expect(rowsOf(batch, 'workload').map((row) => row.labels)).toEqual([
      { namespace_name: 'default', namespace_id: 'ns-1', workload_kind: 'Pod', workload_name: 'a' },
      { namespace_name: 'other', workload_kind: 'Pod', workload_name: 'b' },
    ]);
    expect(rowsOf(batch, 'group')).toEqual([]);
  });

  it('divide sums of use by sums of requests; the average of ratios would be another number', () => {
    const totals = foldShard(
      [
        answered('n1', [
          { name: 'a', values: { 'cpu/usage_rate': 90 }, requests: { cpu: '100m' } },
          { name: 'b', values: { 'cpu/usage_rate': 90 }, requests: { cpu: '900m' } },
          { name: 'unbounded', values: { 'cpu/usage_rate': 5_000 } },
        ]),
      ],
      NO_GROUPS,
    );

    const [cluster] = rowsOf(totalsBatch(totals, NO_GROUPS), 'cluster');

    expect(cluster!.value('cpu/request_utilization')).toBe(0.18);
    expect(cluster!.value('cpu/limit_utilization')).toBeUndefined();
    expect(cluster!.value('cpu/usage_rate')).toBe(5_180);
  });

  it('say 0 for the utilization of what is idle', () => {
    const idle = { name: 'a', values: { 'cpu/usage_rate': 0 }, requests: { cpu: '100m' } };

    const [cluster] = rowsOf(totalsBatch(foldShard([answered('n1', [idle])], NO_GROUPS), NO_GROUPS), 'cluster');

    expect(cluster!.value('cpu/request_utilization')).toBe(0);
  });

  it('leave out the network of pods that use that of the host', () => {
    const network = { 'network/rx_rate': 100, 'memory/usage': 1 };
    const totals = foldShard(
      [
        answered('n1', [
          { name: 'host', hostNetwork: true, onPod: network },
          { name: 'own', onPod: network },
        ]),
      ],
      NO_GROUPS,
    );

    const [cluster] = rowsOf(totalsBatch(totals, NO_GROUPS), 'cluster');

    expect(cluster!.value('network/rx_rate')).toBe(100);
    expect(cluster!.statistics('network/rx_rate')).toEqual([1, 100, 100]);
    expect(cluster!.value('memory/usage')).toBe(2);
  });

  it('say how complete they are when a node fails', () => {
    const totals = foldShard(
      [
        answered('n1', [{ name: 'a' }, { name: 'b' }, { name: 'c', namespace: 'other' }]),
        failed('n2', [{ name: 'd' }, { name: 'e', phase: 'Pending' }]),
      ],
      BY_APP,
    );

    const batch = totalsBatch(totals, BY_APP);

    const [cluster] = rowsOf(batch, 'cluster');
    const keys = ['node/count', 'node/measured', 'pod/count', 'pod/expected', 'container/count'];
    expect(keys.map((key) => cluster!.value(key))).toEqual([2, 1, 3, 4, 3]);
    expect(cluster!.value('collection/completeness')).toBe(0.75);
    expect(rowsOf(batch, 'namespace').map((row) => row.value('collection/completeness'))).toEqual([2 / 3, 1]);
    const lost = rowsOf(batch, 'workload').find((row) => row.labels['workload_name'] === 'd');
    expect(lost!.value('collection/completeness')).toBe(0);
    expect(lost!.value('cpu/usage_rate')).toBeUndefined();
    expect(rowsOf(batch, 'group')[0]!.value('pod/expected')).toBe(4);
  });

  it('expect running pods that the kubelet does not report', () => {
    const sample = answered('n1', [{ name: 'a' }]);
    const missing = podObject({ name: 'b', node: 'n1' });

    const totals = foldShard([{ ...sample, objects: [...sample.objects, missing] }], NO_GROUPS);

    expect(rowsOf(totalsBatch(totals, NO_GROUPS), 'cluster')[0]!.value('collection/completeness')).toBe(0.5);
  });

  it('are not more than complete when pods are measured that do not run yet', () => {
    const pods = [{ name: 'a' }, { name: 'b', phase: 'Pending' }];

    const [cluster] = rowsOf(totalsBatch(foldShard([answered('n1', pods)], NO_GROUPS), NO_GROUPS), 'cluster');

    expect(cluster!.value('pod/count')).toBe(2);
    expect(cluster!.value('pod/expected')).toBe(1);
    expect(cluster!.value('collection/completeness')).toBe(1);
  });

  it('say nothing of completeness where the pods are not known, and leave such nodes out of it elsewhere', () => {
    const unknown: NodeSample = { ...answered('n1', [{ name: 'a' }, { name: 'b' }]), objects: [] };
    const half = {
      ...answered('n2', [{ name: 'c' }]),
      objects: ['c', 'd'].map((name) => podObject({ name, node: 'n2' })),
    };

    const [alone] = rowsOf(totalsBatch(foldShard([unknown], NO_GROUPS), NO_GROUPS), 'cluster');
    const [both] = rowsOf(totalsBatch(foldShard([unknown, half], NO_GROUPS), NO_GROUPS), 'cluster');

    expect(alone!.value('pod/expected')).toBeUndefined();
    expect(alone!.value('collection/completeness')).toBeUndefined();
    expect(both!.value('collection/completeness')).toBe(0.5);
  });

  it('count nodes of which nothing is known at all as nodes of average size', () => {
    const whole = foldShard([answered('n1', [{ name: 'a' }]), answered('n2', [{ name: 'b' }])], NO_GROUPS);

    const [cluster] = rowsOf(totalsBatch(addLostNodes(whole, 2), NO_GROUPS), 'cluster');

    expect(cluster!.value('node/count')).toBe(4);
    expect(cluster!.value('node/measured')).toBe(2);
    expect(cluster!.value('collection/completeness')).toBe(0.5);
    expect(addLostNodes(whole, 0)).toBe(whole);
  });

  it('put pods that the API server does not know into one workload a namespace', () => {
    const sample: NodeSample = {
      ...answered('n1', [
        { name: 'a', values: { 'cpu/usage_rate': 1 } },
        { name: 'b', values: { 'cpu/usage_rate': 2 } },
      ]),
      objects: [],
    };

    const workloads = rowsOf(totalsBatch(foldShard([sample], BY_APP), BY_APP), 'workload');

    expect(workloads.map((row) => [row.labels['workload_kind'], row.value('cpu/usage_rate')])).toEqual([['(none)', 3]]);
  });

  it('do not count containers that were not measured', () => {
    const sample = answered('n1', [{ name: 'a' }]);
    const objects = [podObject({ name: 'a', node: 'n1', containers: [{ name: 'c' }, { name: 'waiting' }] })];

    const [cluster] = rowsOf(totalsBatch(foldShard([{ ...sample, objects }], NO_GROUPS), NO_GROUPS), 'cluster');

    expect(cluster!.value('container/count')).toBe(1);
  });

  it('have a cluster row even if no node answered', () => {
    const [cluster] = rowsOf(totalsBatch(foldShard([failed('n1', [])], NO_GROUPS), NO_GROUPS), 'cluster');

    expect([cluster!.value('node/count'), cluster!.value('node/measured')]).toEqual([1, 0]);
    expect(cluster!.value('cpu/usage_rate')).toBeUndefined();
  });

  it('are small enough to send, and the same after', () => {
    const pods = Array.from({ length: 30 }, (_, i) => ({
      name: `p${i}`,
      labels: { app: `app-${i % 10}` },
      values: { 'cpu/usage_rate': i },
    }));
    const totals = foldShard([answered('n1', pods)], BY_APP);

    const text = JSON.stringify(partialOf('s0', totals));
    const sent: Partial = JSON.parse(text);

    expect(text.length).toBeLessThan(100_000);
    expect(totalsBatch(sent, BY_APP)).toEqual(totalsBatch(totals, BY_APP));
  });
});

describe('the group limit', () => {
  const pods = ['x', 'x', 'x', 'a', 'b', 'c', 'c'].map((app, i) => ({
    name: `p${i}`,
    labels: { app },
    values: { 'cpu/usage_rate': 10 * (i + 1) },
    requests: { cpu: '100m' },
  }));

  it('keeps the largest groups, then the first by name, and folds the others with their statistics and ratios', () => {
    const totals = foldShard([answered('n1', pods)], BY_APP);

    const groups = rowsOf(totalsBatch(totals, { ...BY_APP, groupLimit: 2 }), 'group');

    expect(groups.map((row) => [row.labels['app'], row.value('pod/count'), row.value('group/folded')])).toEqual([
      ['(other)', 2, 2],
      ['c', 2, undefined],
      ['x', 3, undefined],
    ]);
    expect(groups[0]!.labels['grouping']).toBe('label:app');
    expect(groups[0]!.value('cpu/usage_rate')).toBe(90);
    expect(groups[0]!.statistics('cpu/usage_rate')).toEqual([2, 40, 50]);
    expect(groups[0]!.value('cpu/request_utilization')).toBe(0.45);
    const tie = rowsOf(totalsBatch(totals, { ...BY_APP, groupLimit: 3 }), 'group').map((row) => row.labels['app']);
    expect(tie).toEqual(['(other)', 'a', 'c', 'x']);
  });

  it('folds nothing up to the limit', () => {
    const totals = foldShard([answered('n1', pods)], BY_APP);

    const groups = rowsOf(totalsBatch(totals, { ...BY_APP, groupLimit: 4 }), 'group');

    expect(groups.map((row) => row.labels['app'])).toEqual(['a', 'b', 'c', 'x']);
  });

  it('holds for each grouping by itself', () => {
    const options = {
      groupings: [...BY_APP.groupings, { text: 'node', keys: [{ kind: 'node', name: 'node' }] }],
    } as const;
    const totals = foldShard([answered('n1', pods), answered('n2', [])], options);

    const groups = rowsOf(totalsBatch(totals, { ...options, groupLimit: 1 }), 'group');

    expect(groups.map((row) => [row.labels['app'], row.labels['node'], row.value('pod/count')])).toEqual([
      ['(other)', undefined, 4],
      ['x', undefined, 3],
      [undefined, 'n1', 7],
    ]);
  });

  it('adds what shards have folded already', () => {
    const shard = (name: string, node: string) =>
      partialOf(name, foldShard([answered(node, pods)], { ...BY_APP, rowLimit: 2 }));

    const merged = mergePartials([shard('s0', 'n1'), shard('s1', 'n2')]);

    const groups = rowsOf(totalsBatch(merged, { ...BY_APP, groupLimit: 1 }), 'group');
    expect(groups.map((row) => [row.labels['app'], row.value('pod/count'), row.value('group/folded')])).toEqual([
      ['(other)', 8, 5],
      ['x', 6, undefined],
    ]);
  });
});
