import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadYaml } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { Grouping } from '../../../shared/config/config.ts';
import type { MetricBatch } from '../../../shared/core/batch.ts';
import type { MetricBatchBuilder } from '../../../shared/core/batch-builder.ts';
import { mergePartials } from '../../../shared/fanout/merge.ts';
import { toShardNode } from '../../../shared/fanout/node-identity.ts';
import type { NodeObject, PodObject } from '../../../shared/kube/types.ts';
import { aggregateNode } from '../../../shared/processors/node-aggregator.ts';
import { enrichNode } from '../../../shared/processors/node-enricher.ts';
import { aggregatePods } from '../../../shared/processors/pod-aggregator.ts';
import { enrichPods } from '../../../shared/processors/pod-enricher.ts';
import { createPodIndex, type PodIndex } from '../../../shared/processors/pod-index.ts';
import { digestPod } from '../../../shared/processors/pod-meta.ts';
import { createTotals } from '../../../shared/processors/totals.ts';
import type { NodeRows } from '../../../shared/sources/source.ts';
import { decodeSummary } from '../../../shared/sources/summary-api/decode-summary.ts';
import { partialOf, rowsOf, totalsBatch } from './fold-shard.ts';
import { denseOf, labelOfRow, testBuilder, testNode } from './rows.ts';

const DATA = join(import.meta.dirname, '../../data');
const LABELS = { separator: ',', ignored: new Set<string>(), stored: new Map<string, string>() };
const MIB = 2 ** 20;
const BY_APP: readonly Grouping[] = [{ text: 'label:k8s-app', keys: [{ kind: 'label', name: 'k8s-app' }] }];

/** The objects of a list, or the only object, as JSON or YAML. */
function objects<T>(file: string): readonly T[] {
  const list = loadYaml<{ readonly items?: readonly T[] }>(readFileSync(join(DATA, 'objects', file), 'utf8'));
  return list.items ?? [list as T];
}

function indexOf(file: string): PodIndex {
  return createPodIndex(objects<PodObject>(file).flatMap((pod) => digestPod(pod, LABELS) ?? []));
}

interface Folded {
  readonly builder: MetricBatchBuilder;
  readonly rows: NodeRows;
  readonly totals: ReturnType<ReturnType<typeof createTotals>['toPartialTables']>;
}

/** One node's capture through everything after fetching, without an earlier sample: rates are the kubelet's own. */
function fold(capture: string, options: { readonly nodes?: string; readonly index: PodIndex }): Folded {
  const body = readFileSync(join(DATA, 'summary', `${capture}.json`));
  const summary = JSON.parse(body.toString()) as { node: { nodeName: string; cpu: { time: string } } };
  const name = summary.node.nodeName;
  const listed = options.nodes === undefined ? [] : objects<NodeObject>(options.nodes);
  const node =
    listed.map((object) => toShardNode(object, undefined)).find((found) => found?.name === name) ?? testNode(name);
  const builder = testBuilder();
  const decoded = decodeSummary(body, node, builder, { now: Date.parse(summary.node.cpu.time) + 2_000 });
  if (decoded.status !== 'ok') throw new Error(decoded.message);
  const totals = createTotals({ groupings: BY_APP });
  const rows = aggregatePods(builder, enrichPods(builder, decoded.rows, options.index, { namespaceIds: {} }));
  aggregateNode(builder, rows);
  enrichNode(builder, rows, node, { labels: LABELS, index: options.index });
  totals.add(builder, rows, options.index, node);
  return { builder, rows, totals: totals.toPartialTables() };
}

describe('a cluster of three nodes (kops, Kubernetes 1.10)', () => {
  const index = indexOf('splunk-kops-k8s1.10-pods.json');
  const nodes = ['one', 'two', 'three'].map((number) =>
    fold(`splunk-kops-k8s1.10-node-${number}`, { nodes: 'splunk-kops-k8s1.10-nodes.json', index }),
  );
  const batch: MetricBatch = totalsBatch(mergePartials(nodes.map(({ totals }, i) => partialOf(`s${i}`, totals))), {
    groupings: BY_APP,
  });

  it('adds up to what its documents say, read independently', () => {
    const rows = [...rowsOf(batch, 'cluster'), ...rowsOf(batch, 'namespace')];
    const keys = ['pod/count', 'pod/expected', 'container/count', 'memory/usage', 'memory/working_set'];
    const asked = ['cpu/request', 'cpu/limit', 'memory/request', 'memory/limit'];

    expect(rows.map((row) => row.labels['namespace_name'])).toEqual([undefined, 'default', 'kube-system']);
    expect(rows.map((row) => keys.map((key) => row.value(key)))).toEqual([
      [17, 16, 20, 1_756_921_856, 1_580_740_608],
      [3, 2, 2, 227_758_080, 209_190_912],
      [14, 14, 18, 1_529_163_776, 1_371_549_696],
    ]);
    expect(rows.map((row) => asked.map((key) => row.value(key)))).toEqual([
      [28_152, 601, 25_237_127_168, 4_720_689_152],
      [1_003, 601, 1_262_485_504, 840_957_952],
      [27_149, 0, 23_974_641_664, 3_879_731_200],
    ]);
    expect(rows[0]!.value('cpu/usage_rate')).toBeCloseTo(108.743989, 9);
    expect(rows[0]!.value('cpu/request_utilization')).toBeCloseTo(0.009201466968, 12);
    expect(rows[0]!.value('memory/request_utilization')).toBeCloseTo(0.011290462069, 12);
    expect(rows.map((row) => row.value('collection/completeness'))).toEqual([1, 1, 1]);
    expect([rows[0]!.value('node/count'), rows[0]!.value('node/measured')]).toEqual([3, 3]);
  });

  it('groups by a label over its nodes', () => {
    const groups = new Map(rowsOf(batch, 'group').map((row) => [row.labels['k8s-app'], row]));

    expect(groups.get('kube-dns')!.value('pod/count')).toBe(2);
    expect(groups.get('kube-dns')!.value('container/count')).toBe(6);
    expect(groups.get('kube-dns')!.statistics('memory/working_set')).toEqual([2, 26_357_760, 26_923_008]);
    expect(groups.get('(none)')!.value('pod/count')).toBe(4);
  });

  it('has static pods of all nodes as one workload, joined although their uids differ', () => {
    const proxy = rowsOf(batch, 'workload').find((row) => row.labels['workload_name'] === 'kube-proxy');

    expect(proxy!.labels['workload_kind']).toBe('StaticPod');
    expect(proxy!.value('pod/count')).toBe(3);
    expect(proxy!.value('cpu/request')).toBe(9_600);
  });

  it('keeps the network of the host out of pods', () => {
    const found = nodes.flatMap(({ builder, rows }) => {
      const pods = builder.table('pod');
      const received: (readonly [string | undefined, number | undefined])[] = [];
      for (let row = rows.pods.from; row < rows.pods.to; row++) {
        const name = labelOfRow(builder, pods, row, 'pod_name');
        if (name?.startsWith('kube-proxy') || name?.startsWith('dns-controller') || name?.startsWith('tiller')) {
          received.push([name, denseOf(pods, row, 'network/rx')]);
        }
      }
      return received;
    });

    expect(Object.fromEntries(found)).toEqual({
      'kube-proxy-generics-aws-node-one': undefined,
      'kube-proxy-generics-aws-node-two': undefined,
      'kube-proxy-generics-aws-node-three': undefined,
      'dns-controller-6d6b7f78b-9n6cw': undefined,
      'tiller-deploy-f9b8476d-87jj6': 219_799_779,
    });
  });

  it('has the requests of a pod whose image cannot be pulled, on a container that was not measured', () => {
    const { builder, rows } = nodes[2]!;
    const containers = builder.table('pod_container');
    const last = rows.containers.to - 1;

    expect(labelOfRow(builder, containers, last, 'pod_name')).toBe(
      'new-metrics-test-final-splunk-kubernetes-metrics-6c9f477b5rng2c',
    );
    expect(denseOf(containers, last, 'cpu/request')).toBe(300);
    expect(denseOf(containers, last, 'memory/usage')).toBeUndefined();
    expect(rows.containers.to - rows.containers.from).toBe(7);
    expect(denseOf(builder.table('node'), rows.node, 'container/count')).toBe(6);
  });
});

describe('a node of Kubernetes 1.34', () => {
  const { builder, rows, totals } = fold('newrelic-minikube-k8s1.34-psi-busy', {
    nodes: 'newrelic-minikube-k8s1.34-nodes.yaml',
    index: indexOf('newrelic-minikube-k8s1.34-pods.yaml'),
  });
  const batch = totalsBatch(totals, { groupings: BY_APP });

  it('measures 18 of 19 running pods', () => {
    const [cluster] = rowsOf(batch, 'cluster');

    expect(cluster!.value('pod/count')).toBe(18);
    expect(cluster!.value('pod/expected')).toBe(19);
    expect(cluster!.value('collection/completeness')).toBe(18 / 19);
    expect(cluster!.value('memory/working_set')).toBe(534_712_320);
  });

  it('finds the owners of pods', () => {
    const owners = rowsOf(batch, 'workload').map(
      ({ labels }) => `${labels['namespace_name']} ${labels['workload_kind']} ${labels['workload_name']}`,
    );

    expect(owners.sort()).toEqual([
      'kube-system DaemonSet kindnet',
      'kube-system DaemonSet kube-proxy',
      'kube-system Deployment coredns',
      'kube-system Deployment metrics-server',
      'kube-system Pod storage-provisioner',
      'kube-system StaticPod etcd',
      'kube-system StaticPod kube-apiserver',
      'kube-system StaticPod kube-controller-manager',
      'kube-system StaticPod kube-scheduler',
      'scraper CronJob e2e-cronjob',
      'scraper DaemonSet e2e-daemonset',
      'scraper Deployment e2e-deployment',
      'scraper Deployment e2e-hpa',
      'scraper Deployment e2e-kube-state-metrics',
      'scraper Deployment e2e-scraper',
      'scraper Pod e2e-container-creating',
      'scraper StatefulSet e2e-statefulset',
    ]);
  });

  it('gives static pods the uid, labels and requests of the API server', () => {
    const pods = builder.table('pod');
    let etcd = rows.pods.from;
    while (labelOfRow(builder, pods, etcd, 'pod_name') !== 'etcd-datagen-1-34') etcd++;

    expect(labelOfRow(builder, pods, etcd, 'pod_id')).toBe('b26ff3fc-73fa-4ae1-b4ff-72cf053ef8d7');
    expect(labelOfRow(builder, pods, etcd, 'labels')).toBe('component:etcd,tier:control-plane');
    expect(denseOf(pods, etcd, 'memory/request')).toBe(100 * MIB);
  });
});

describe('a node that lists containers twice (Kubernetes 1.16)', () => {
  it('counts each once', () => {
    const { builder, rows, totals } = fold('newrelic-minikube-k8s1.16-no-pod-network', { index: createPodIndex([]) });

    const [cluster] = rowsOf(totalsBatch(totals, { groupings: BY_APP }), 'cluster');

    expect(rows.containers.to - rows.containers.from).toBe(11);
    expect(cluster!.value('container/count')).toBe(11);
    expect(cluster!.value('pod/count')).toBe(11);
    expect(denseOf(builder.table('node'), rows.node, 'container/count')).toBe(11);
  });
});
