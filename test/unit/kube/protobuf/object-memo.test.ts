import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../../shared/core/units.ts';
import { createObjectMemo } from '../../../../shared/kube/protobuf/object-memo.ts';
import { createPodDecoder } from '../../../../shared/kube/protobuf/pod-decoder.ts';
import { encodeList } from '../../../bench/protobuf/list-message.ts';
import { encodePod } from '../../../bench/protobuf/pod-message.ts';
import { listDecoder } from '../../../support/list-decoder.ts';

const UID = '0ab31c42-0d2e-4f7a-9d55-000000000001';

/** A list of pods that differ in what is given. */
function listOf(
  ...pods: readonly { readonly uid?: string; readonly version?: string; readonly phase: string }[]
): Buffer {
  return encodeList(
    'PodList',
    {},
    pods.map(({ uid, version, phase }) =>
      encodePod(
        JSON.stringify({
          metadata: {
            name: 'web-1',
            namespace: 'shop',
            ...(uid !== undefined && { uid }),
            ...(version !== undefined && { resourceVersion: version }),
          },
          spec: { nodeName: 'n', containers: [{ name: 'web' }] },
          status: { phase },
        }),
      ),
    ),
  );
}

/** A list's decoder that counts how many pods it decodes. */
function countingDecoder() {
  let now = 0;
  let decoded = 0;
  const decode = createPodDecoder();
  const memo = createObjectMemo(
    (cursor, end) => {
      decoded++;
      return decode(cursor, end);
    },
    { now: () => now },
  );
  const list = listDecoder('PodList', memo);
  return {
    read: (body: Buffer) => list(body).items,
    decoded: () => decoded,
    wait: (millis: number) => {
      now += millis;
    },
  };
}

describe('createObjectMemo', () => {
  it('decodes each version of a pod once', () => {
    const { read, decoded } = countingDecoder();

    const [first] = read(listOf({ uid: UID, version: '7', phase: 'Pending' }));
    const [same] = read(listOf({ uid: UID, version: '7', phase: 'Pending' }));
    const [changed] = read(listOf({ uid: UID, version: '8', phase: 'Running' }));

    expect(same).toBe(first);
    expect([first?.status?.phase, changed?.status?.phase]).toEqual(['Pending', 'Running']);
    expect(decoded()).toBe(2);
  });

  it('tells pods of one version apart by their uid', () => {
    const { read, decoded } = countingDecoder();

    const pods = read(
      listOf(
        { uid: UID, version: '7', phase: 'Running' },
        { uid: UID.replace(/1$/, '2'), version: '7', phase: 'Failed' },
      ),
    );

    expect(pods.map((pod) => pod.status?.phase)).toEqual(['Running', 'Failed']);
    expect(decoded()).toBe(2);
  });

  it.each([
    ['uid', { version: '7' }],
    ['version', { uid: UID }],
    ['uid of its own', { uid: 'x', version: '7' }],
  ])('decodes a pod without a %s each time', (_, identity) => {
    const { read } = countingDecoder();

    const phases = ['Pending', 'Running'].map((phase) => read(listOf({ ...identity, phase }))[0]?.status?.phase);

    expect(phases).toEqual(['Pending', 'Running']);
  });

  it('keeps what is listed again, and forgets what was not for ten minutes', () => {
    const { read, decoded, wait } = countingDecoder();
    const kept = listOf({ uid: UID, version: '7', phase: 'Running' });
    const gone = listOf({ uid: UID.replace(/1$/, '2'), version: '7', phase: 'Running' });

    read(kept);
    read(gone);
    for (let minute = 0; minute < 12; minute++) {
      wait(MINUTE);
      read(kept);
    }
    const before = decoded();
    read(kept);
    read(gone);

    expect(before).toBe(2);
    expect(decoded()).toBe(3);
  });

  it('gives the same as without it for lists of real clusters, read twice', () => {
    const { read } = countingDecoder();
    const plain = listDecoder('PodList', createPodDecoder());
    for (const name of ['aks-engine-k8s1.12-pods', 'datadog-crashed-pods', 'newrelic-minikube-k8s1.34-kubelet-pods']) {
      const body = readFileSync(new URL(`../../../data/objects/${name}.pb`, import.meta.url));
      expect([read(body), read(body)]).toEqual([plain(body).items, plain(body).items]);
    }
  });
});
