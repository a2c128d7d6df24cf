import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNamespace, decodeNode, decodePod } from '../../../shared/kube/decode-objects.ts';

const items = (file: string): readonly unknown[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../data/objects', file), 'utf8')).items;

describe('decodePod', () => {
  it('keeps what is read of real pods and frees the rest', () => {
    const pods = items('newrelic-minikube-k8s1.34-kubelet-pods.json').map(decodePod);

    const etcd = pods.find((pod) => pod.metadata?.name?.startsWith('etcd-'));
    expect(pods).toHaveLength(24);
    expect(etcd).toMatchObject({
      metadata: { namespace: 'kube-system', annotations: { 'kubernetes.io/config.source': 'file' } },
      spec: { hostNetwork: true, nodeName: 'datagen-1-34', containers: [{ name: 'etcd' }] },
    });
    expect(new Set(pods.map((pod) => pod.status?.phase))).toEqual(new Set(['Running', 'Failed', 'Succeeded']));
    expect(JSON.stringify(pods).length).toBeLessThan(
      JSON.stringify(items('newrelic-minikube-k8s1.34-kubelet-pods.json')).length / 3,
    );
  });

  it('leaves out what is null or of another type', () => {
    const pod = decodePod({
      metadata: { name: 7, labels: { good: 'yes', bad: 1 }, annotations: null, ownerReferences: null },
      spec: { containers: [null, { name: 'a', resources: null }], nodeName: ['n'] },
      status: { startTime: null, containerStatuses: [{ name: 'a', restartCount: '3' }] },
    });

    expect(pod).toEqual({
      metadata: { labels: { good: 'yes' } },
      spec: { containers: [{ resources: {} }, { name: 'a', resources: {} }] },
      status: { containerStatuses: [{ name: 'a' }] },
    });
  });
});

describe('decodeNode', () => {
  it('keeps capacity, conditions and addresses of real nodes', () => {
    const [node] = items('aks-k8s1.11-nodes.json').map(decodeNode);

    expect(node?.status?.capacity?.['cpu']).toMatch(/^\d+$/);
    expect(node?.status?.conditions?.some((condition) => condition.type === 'Ready')).toBe(true);
    expect(node?.status?.addresses?.map((address) => address.type)).toContain('InternalIP');
  });
});

describe('decoding', () => {
  it('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const decode of [decodePod, decodeNode, decodeNamespace]) {
          expect(typeof decode({ metadata: value, spec: value, status: value })).toBe('object');
          expect(typeof decode(value)).toBe('object');
        }
      }),
    );
  });
});
