import { describe, expect, it } from 'vitest';
import { digestPod, isExpected, type PodMeta } from '../../../shared/processors/pod-meta.ts';
import { podObject } from './rows.ts';

const LABELS = { separator: ',', ignored: new Set<string>(), stored: new Map<string, string>() };

describe('digestPod', () => {
  it('reads identity, times, labels and containers', () => {
    const object = podObject({
      name: 'web',
      node: 'n1',
      labels: { app: 'web' },
      containers: [
        {
          name: 'c',
          requests: { cpu: '1500m', memory: '1Gi', 'ephemeral-storage': '500m', 'hugepages-2Mi': '4Mi' },
          limits: { cpu: '2', memory: '2e9', 'nvidia.com/gpu': '1' },
          restarts: 2,
        },
      ],
    });

    const pod = digestPod(object, LABELS);

    expect(pod).toMatchObject({
      namespace: 'default',
      name: 'web',
      uid: 'uid-web',
      nodeName: 'n1',
      startSeconds: Date.UTC(2025, 11, 31) / 1_000,
      traits: {
        phase: 'Running',
        hostNetwork: false,
        joined: { joined: 'app:web', stored: [] },
        workload: { kind: 'Pod', name: 'web' },
      },
    });
    expect(pod?.traits.containers).toEqual([
      {
        name: 'c',
        image: 'c:1',
        cpuRequest: 1_500,
        cpuLimit: 2_000,
        memoryRequest: 2 ** 30,
        memoryLimit: 2e9,
        ephemeralStorageRequest: 1,
        ephemeralStorageLimit: 0,
        extra: [{ metric: 'hugepages-2Mi/request', value: 4 * 2 ** 20 }],
        restarts: 2,
      },
    ]);
  });

  it('takes a pod with nothing but its name, and none without', () => {
    const bare = digestPod({ metadata: { name: 'a', namespace: 'b', labels: null } }, LABELS);

    expect(bare).toMatchObject({ name: 'a', startSeconds: undefined, traits: { containers: [], labels: {} } });
    expect(digestPod({ metadata: { name: 'a' } }, LABELS)).toBeUndefined();
    expect(digestPod({}, LABELS)).toBeUndefined();
  });

  it('keeps a quantity that is none absent, not 0', () => {
    const object = podObject({ name: 'a', containers: [{ name: 'c', requests: { cpu: 'much' } }] });

    expect(digestPod(object, LABELS)?.traits.containers[0]).toMatchObject({ cpuRequest: Number.NaN, cpuLimit: 0 });
  });

  it('shares containers between copies of a pod, after however many rollouts', () => {
    const copy = (name: string, version: number): PodMeta | undefined => {
      const spec = { containers: [{ name: 'c', image: `c:${version}` }] };
      return digestPod({ metadata: { name, namespace: 'rolled' }, spec }, LABELS);
    };
    const rollouts = Array.from({ length: 30 }, (_, version) => [copy('a', version), copy('b', version)] as const);

    for (const [one, other] of rollouts) expect(other?.traits.containers).toBe(one?.traits.containers);
  });

  it('expects measurements of running pods only', () => {
    const expected = ['Running', 'Pending', 'Succeeded', 'Failed', 'Unknown'].filter((phase) =>
      isExpected(digestPod(podObject({ name: 'a', phase }), LABELS)!),
    );

    expect(expected).toEqual(['Running']);
  });
});
