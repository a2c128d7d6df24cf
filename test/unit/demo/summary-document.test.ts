import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClusterModel, createClusterModel } from '../../../functions/local/demo/cluster-model.ts';
import { podObject } from '../../../functions/local/demo/pod-object.ts';
import { summaryDocument } from '../../../functions/local/demo/summary-document.ts';
import { HOUR, MINUTE, SECOND } from '../../../shared/core/units.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

interface Cpu {
  readonly time: string;
  readonly usageNanoCores?: number;
  readonly usageCoreNanoSeconds: number;
}
interface Entity {
  readonly name: string;
  readonly startTime: string;
  readonly cpu?: Cpu;
  readonly memory?: { readonly workingSetBytes: number };
  readonly network?: { readonly rxBytes: number };
}
interface Pod extends Entity {
  readonly podRef: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly containers: readonly Entity[] | null;
  readonly volume?: readonly { readonly pvcRef?: { readonly name: string } }[];
}
interface Summary {
  readonly node: Entity & { readonly systemContainers: readonly Entity[] };
  readonly pods: readonly Pod[];
}

function clusterOf(more: Partial<Parameters<typeof createClusterModel>[0]> = {}): ClusterModel {
  return createClusterModel({
    nodes: 3,
    podsPerNode: 8,
    containersPerPod: undefined,
    seed: 1,
    epoch: NOW,
    timeScale: 1,
    restarting: new Set(),
    ...more,
  });
}

function summaryOf(model: ClusterModel, at: number, name = 'demo-node-1'): Summary {
  const node = model.node(name);
  if (node === undefined) throw new Error(name);
  return JSON.parse(JSON.stringify(summaryDocument(model, node, { at })));
}

const capture: Summary = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../data/summary/newrelic-minikube-k8s1.34-psi-busy.json'), 'utf8'),
);

/** Paths of all keys below a value, array indices left out, in the order of the text. */
function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => shapeOf(item, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => [`${path}.${key}`, ...shapeOf(inner, `${path}.${key}`)]);
}

describe('the demo kubelet', () => {
  it('writes what a real one of release 1.34 writes, key by key and in its order', () => {
    const summary = summaryOf(clusterOf(), NOW);
    const pick = ({ pods, node }: Summary, name: RegExp) => ({
      node,
      pod: pods.find((pod) => name.test(pod.podRef.name)),
    });

    const demo = shapeOf(pick(summary, /^web-/));
    const real = shapeOf(pick(capture, /^e2e-deployment/));

    // Our pod's limit makes `availableBytes` of its container; without swap the rest is the same.
    const podLevel = '.pod.memory.availableBytes';
    expect([...new Set(demo)]).toEqual([...new Set(real)].filter((path) => path !== podLevel));
  });

  it('says the same for the same seed and time, and something else for another', () => {
    const same = [clusterOf(), clusterOf()].map((model) => summaryOf(model, NOW + MINUTE));
    const other = summaryOf(clusterOf({ seed: 2 }), NOW + MINUTE);

    expect(same[0]).toEqual(same[1]);
    expect(other).not.toEqual(same[0]);
  });

  it('samples every ten seconds, with stamps of whole seconds that are never ahead', () => {
    const model = clusterOf();
    const stamps = new Set<string>();
    for (let t = 0; t < MINUTE; t += SECOND) {
      const time = summaryOf(model, NOW + t).node.cpu?.time ?? '';
      const age = NOW + t - Date.parse(time);
      stamps.add(time);

      expect(time).toMatch(/:\d\dZ$/);
      expect(age).toBeGreaterThanOrEqual(0);
      expect(age).toBeLessThanOrEqual(11 * SECOND);
    }

    expect(stamps.size).toBe(7);
  });

  it('samples faster when time is scaled', () => {
    const model = clusterOf({ timeScale: 10 });

    const stamps = [0, 1, 2, 3].map((s) => summaryOf(model, NOW + s * SECOND).node.cpu?.time);

    expect(new Set(stamps).size).toBe(4);
  });

  it('never turns a counter back but by a restart', () => {
    const model = clusterOf();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 * HOUR }), fc.integer({ min: 0, max: HOUR }), (from, step) => {
        const [before, after] = [from, from + step].map((t) => summaryOf(model, NOW + t));
        for (const [i, pod] of before?.pods.entries() ?? []) {
          const later = after?.pods[i];
          if (later?.podRef.uid !== pod.podRef.uid) continue;
          expect(later.cpu?.usageCoreNanoSeconds ?? 0).toBeGreaterThanOrEqual(pod.cpu?.usageCoreNanoSeconds ?? 0);
          expect(later.network?.rxBytes ?? 0).toBeGreaterThanOrEqual(pod.network?.rxBytes ?? 0);
        }
        expect(after?.node.cpu?.usageCoreNanoSeconds).toBeGreaterThanOrEqual(
          before?.node.cpu?.usageCoreNanoSeconds ?? 0,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('has a rate that agrees with its counter', () => {
    const model = clusterOf();
    const [first, second] = [0, 10].map((s) => summaryOf(model, NOW + MINUTE + s * SECOND).node.cpu);

    const rate = ((second?.usageCoreNanoSeconds ?? 0) - (first?.usageCoreNanoSeconds ?? 0)) / 10;

    expect(Math.abs(rate - (second?.usageNanoCores ?? 0))).toBeLessThan(2);
  });

  it('counts at least as much for a pod as for its containers, and for a node as for its pods', () => {
    const { node, pods } = summaryOf(clusterOf({ podsPerNode: 30 }), NOW + HOUR + 4 * MINUTE);
    const rates = pods.map((pod) => pod.cpu?.usageNanoCores ?? 0);

    expect(node.cpu?.usageNanoCores).toBeGreaterThan(0.8 * rates.reduce((sum, rate) => sum + rate, 0));
    for (const pod of pods) {
      const memory = (pod.containers ?? []).reduce((sum, one) => sum + (one.memory?.workingSetBytes ?? 0), 0);
      expect(pod.memory?.workingSetBytes).toBeGreaterThan(memory);
    }
  });

  it('starts a container anew on a restart, while its pod goes on', () => {
    const model = clusterOf();
    const at = NOW + MINUTE;
    const web = /^web-/;
    const find = (t: number) => summaryOf(model, t).pods.find((pod) => web.test(pod.podRef.name));
    const before = find(at);
    model.findPod('shop', before?.podRef.name ?? '', at)?.restart(at + SECOND, false);

    const after = find(at + 20 * SECOND);
    const [old, young] = [before?.containers?.[0], after?.containers?.[0]];

    expect(after?.podRef).toEqual(before?.podRef);
    expect(Date.parse(young?.startTime ?? '')).toBe(at + SECOND);
    expect(young?.cpu?.usageCoreNanoSeconds).toBeLessThan(old?.cpu?.usageCoreNanoSeconds ?? 0);
    expect(after?.cpu?.usageCoreNanoSeconds).toBeGreaterThan(before?.cpu?.usageCoreNanoSeconds ?? 0);
  });

  it('has no figures of a container before its first sample', () => {
    const model = clusterOf();
    const at = NOW + MINUTE;
    const name = summaryOf(model, at).pods.find((pod) => pod.podRef.namespace === 'shop')?.podRef.name ?? '';
    model.findPod('shop', name, at)?.restart(at, false);

    const container = summaryOf(model, at).pods.find((pod) => pod.podRef.name === name)?.containers?.[0];

    expect(container?.cpu).toBeUndefined();
    expect(container?.name).toBeDefined();
  });

  it('shows a replaced pod under another name and uid', () => {
    const model = clusterOf();
    const at = NOW + MINUTE;
    const pod = model.node('demo-node-1')?.pods.find(({ workload }) => workload.name === 'web');
    const before = pod?.state(at);
    pod?.restart(at, true);
    const after = pod?.state(at + SECOND);

    expect(after?.uid).not.toBe(before?.uid);
    expect(after?.name).not.toBe(before?.name);
    expect(after?.start).toBe(at);
  });

  it('restarts containers of a restless node every five minutes, and counts it', () => {
    const model = clusterOf({ restarting: new Set(['demo-node-2']) });
    const pod = model.node('demo-node-2')?.pods.find(({ workload }) => workload.kind === 'Deployment');

    const counts = [0, 6, 11, 16].map((m) => pod?.state(NOW + m * MINUTE).containers[0]?.restarts);

    expect(counts[0]).toBe(0);
    expect(counts.slice(1)).toEqual([counts[1], (counts[1] ?? 0) + 1, (counts[1] ?? 0) + 2]);
    expect(model.node('demo-node-1')?.pods.every((p) => p.state(NOW + HOUR).containers[0]?.restarts === 0)).toBe(true);
  });
});

describe('the demo cluster', () => {
  const model = clusterOf({ nodes: 6, podsPerNode: 12 });
  const pods = model.nodes().flatMap((node) => node.pods.map((pod) => ({ node, pod })));
  const one = (name: string) => {
    const found = pods.find(({ pod }) => pod.workload.name === name);
    if (found === undefined) throw new Error(name);
    return { ...found, object: podObject(found.pod, found.node, { at: NOW, version: 1 }) };
  };

  it('has as many pods on each node as were asked for, with a name and uid of their own', () => {
    const states = pods.map(({ pod }) => `${pod.workload.namespace}/${pod.state(NOW).name}`);

    expect(model.nodes().map((node) => node.pods.length)).toEqual([12, 12, 12, 12, 12, 12]);
    expect(new Set(states).size).toBe(72);
    expect(new Set(pods.map(({ pod }) => pod.state(NOW).uid)).size).toBe(72);
  });

  it('has a static pod on each node, whose kubelet gives it another uid than the API server', () => {
    const { pod, node, object } = one('kube-proxy');
    const state = pod.state(NOW);
    const reported = summaryOf(model, NOW, node.name).pods.map(({ podRef }) => podRef.uid);

    expect(object).toMatchObject({
      metadata: { uid: state.uid, annotations: { 'kubernetes.io/config.mirror': state.kubeletUid } },
      spec: { hostNetwork: true },
    });
    expect(reported).toContain(state.kubeletUid);
    expect(reported).not.toContain(state.uid);
  });

  it('has a pod whose image cannot be pulled: pending, without containers in the summary', () => {
    const { pod, node, object } = one('recommender');
    const name = pod.state(NOW).name;
    const reported = summaryOf(model, NOW, node.name).pods.find(({ podRef }) => podRef.name === name);

    expect(object).toMatchObject({
      status: { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] },
    });
    expect(reported?.containers).toBeNull();
  });

  it('has claims behind the volumes of its databases', () => {
    const { pod, node } = one('postgres');
    const reported = summaryOf(model, NOW, node.name).pods.find(({ podRef }) => podRef.name === pod.state(NOW).name);

    expect(reported?.volume?.map((volume) => volume.pvcRef?.name)).toContain(`data-${pod.state(NOW).name}`);
  });

  it('has a finished job that is listed and not measured', () => {
    const { pod, node, object } = one('migrate-schema');
    const measured = summaryOf(model, NOW, node.name).pods.map(({ podRef }) => podRef.name);

    expect(object).toMatchObject({ status: { phase: 'Succeeded' } });
    expect(measured).not.toContain(pod.state(NOW).name);
  });

  it('runs its scheduled job for six of ten minutes, each time in a new pod', () => {
    const { pod } = one('report');

    const states = [1, 5, 7, 11].map((m) => pod.state(NOW + m * MINUTE));

    expect(states.map(({ phase }) => phase)).toEqual(['Running', 'Running', 'Succeeded', 'Running']);
    expect(states[0]?.name).toBe(states[2]?.name);
    expect(states[3]?.uid).not.toBe(states[0]?.uid);
    expect(states[0]?.owner?.name).toMatch(/^report-\d{8}$/);
  });

  it('has all kinds of owners, a workload without requests, and teams', () => {
    const owners = new Set(pods.map(({ pod }) => pod.state(NOW).owner?.kind));

    expect(owners).toEqual(new Set(['Node', 'DaemonSet', 'StatefulSet', 'Job', 'ReplicaSet']));
    expect(one('intranet').object).toMatchObject({ spec: { containers: [{ resources: {} }] } });
    expect(one('web').object).toMatchObject({
      metadata: {
        labels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/component': 'frontend', team: 'storefront' },
      },
    });
  });

  it('changes nothing about other nodes when one is added', () => {
    const grown = clusterOf({ nodes: 2 });
    const before = summaryOf(grown, NOW);
    const name = grown.addNode().name;

    expect(summaryOf(grown, NOW)).toEqual(before);
    expect(summaryOf(grown, NOW, name).pods.length).toBeGreaterThan(5);
  });
});
