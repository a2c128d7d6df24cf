import { describe, expect, it } from 'vitest';
import type { ObjectMeta, PodObject } from '../../../shared/kube/types.ts';
import { workloadOf } from '../../../shared/processors/workload.ts';

function pod(metadata: ObjectMeta, nodeName = 'n1'): PodObject {
  return { metadata: { name: 'web-7d4b9c-x2x4z', namespace: 'default', ...metadata }, spec: { nodeName } };
}

function owned(kind: string, name: string, labels: Record<string, string> = {}): PodObject {
  return pod({ labels, ownerReferences: [{ kind, name, controller: true }] });
}

describe('workloadOf', () => {
  it('finds the Deployment behind a ReplicaSet whose name ends in the template hash', () => {
    const replica = owned('ReplicaSet', 'web-7d4b9c', { 'pod-template-hash': '7d4b9c' });

    expect(workloadOf(replica)).toEqual({ kind: 'Deployment', name: 'web' });
  });

  it('leaves a ReplicaSet that is not a Deployment alone', () => {
    expect(workloadOf(owned('ReplicaSet', 'web-7d4b9c'))).toEqual({ kind: 'ReplicaSet', name: 'web-7d4b9c' });
    expect(workloadOf(owned('ReplicaSet', 'web', { 'pod-template-hash': '7d4b9c' }))).toEqual({
      kind: 'ReplicaSet',
      name: 'web',
    });
  });

  it.each([
    ['backup-29051234', { kind: 'CronJob', name: 'backup' }],
    ['backup-1609459200', { kind: 'CronJob', name: 'backup' }],
    ['report-20240115', { kind: 'Job', name: 'report-20240115' }],
    ['report-2024011512', { kind: 'Job', name: 'report-2024011512' }],
    ['migrate-1', { kind: 'Job', name: 'migrate-1' }],
    ['29051234', { kind: 'Job', name: '29051234' }],
  ])('takes Job %s for %o', (name, workload) => {
    expect(workloadOf(owned('Job', name))).toEqual(workload);
  });

  it('makes one workload of a static pod on many nodes', () => {
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'abc' } };
    const owner = { ownerReferences: [{ kind: 'Node', name: 'n2', controller: true }] };

    expect(workloadOf(pod({ name: 'etcd-n1', ...mirror }, 'n1'))).toEqual({ kind: 'StaticPod', name: 'etcd' });
    expect(workloadOf(pod({ name: 'etcd-n2', ...owner }, 'n2'))).toEqual({ kind: 'StaticPod', name: 'etcd' });
  });

  it('is the owner as it is for other kinds, and the pod itself without one', () => {
    expect(workloadOf(owned('DaemonSet', 'agent'))).toEqual({ kind: 'DaemonSet', name: 'agent' });
    expect(workloadOf(pod({ ownerReferences: [{ kind: 'Widget', name: 'w' }] }))).toEqual({
      kind: 'Pod',
      name: 'web-7d4b9c-x2x4z',
    });
    expect(workloadOf(pod({ ownerReferences: null, labels: null, annotations: null }))).toEqual({
      kind: 'Pod',
      name: 'web-7d4b9c-x2x4z',
    });
  });
});
