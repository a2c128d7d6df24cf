import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROW_FLAGS } from '../../../../shared/core/batch.ts';
import { type DecodedSummary, decodeDocument, NOW } from '../../../support/decoded-summary.ts';

const DATA = join(import.meta.dirname, '..', '..', '..', 'data');
const at = (second: number): string => new Date(NOW - 60_000 + second * 1_000).toISOString();
const nic = (name: unknown, rxBytes?: number, txBytes?: number) => ({ name, rxBytes, txBytes });
const block = (name: unknown, interfaces: readonly object[], second = 0) => ({ time: at(second), name, interfaces });
const top = (name: string, rxBytes: number, txBytes: number, interfaces: readonly object[] = [], second = 0) => ({
  ...block(name, interfaces, second),
  rxBytes,
  txBytes,
});
const summary = (node: unknown, pod?: unknown) => ({
  node: { nodeName: 'n1', network: node },
  pods: pod === undefined ? [] : [{ podRef: { name: 'p', namespace: 'd', uid: 'u' }, network: pod }],
});

function isHost({ table }: DecodedSummary, row = 0): boolean {
  return ((table('pod').flags[row] ?? 0) & ROW_FLAGS.hostNetwork) !== 0;
}

describe('the network of a node', () => {
  it('has the default interface as values and all interfaces as sparse ones', () => {
    const network = { ...top('eth0', 10, 20, [nic('eth0', 10, 20), nic('cbr0', 3)]), rxErrors: 1, txErrors: 2 };
    const { value, sparse } = decodeDocument(summary(network));

    expect(['rx', 'rx_errors', 'tx', 'tx_errors'].map((name) => value('node', 0, `network/${name}`))).toEqual([
      10, 1, 20, 2,
    ]);
    expect(sparse('node', 0)).toEqual([
      'network/interface_rx{interface=cbr0} 3',
      'network/interface_rx{interface=eth0} 10',
      'network/interface_tx{interface=eth0} 20',
    ]);
  });

  it('has values without a list of interfaces, as old kubelets send it', () => {
    const { value, sparse } = decodeDocument(summary({ time: at(0), rxBytes: 5, txBytes: 6 }));

    expect(value('node', 0, 'network/rx')).toBe(5);
    expect(sparse('node', 0)).toEqual([]);
  });

  it.each([
    ['the only physical one stands for it', ['ens160', 'cali1', 'tunl0'], 0],
    ['none is taken of two physical ones', ['eth1', 'ens5'], undefined],
    ['none is taken where no name is physical', ['Amazon Elastic Network Adapter', 'enP9121s1'], undefined],
  ])('without a default interface: %s', (_, names, expected) => {
    const { value } = decodeDocument(
      summary(
        block(
          '',
          names.map((name, index) => nic(name, index, index)),
        ),
      ),
    );

    expect(value('node', 0, 'network/rx')).toBe(expected);
  });

  it('counts interfaces without a name and the second of a name', () => {
    const { sparse, faults } = decodeDocument(
      summary(block('', [nic('eth0', 1), nic('eth0', 2), nic('', 3), nic(7, 4), nic('x'.repeat(257), 5)])),
    );

    expect(sparse('node', 0)).toEqual(['network/interface_rx{interface=eth0} 1']);
    expect(faults).toEqual({ duplicate_interface: 1, bad_interface: 3 });
  });
});

describe('the network of a pod', () => {
  const node = top('eth0', 1_000, 500, [nic('eth0', 1_000, 500)], 10);

  it('is its own where only the name of the interface is the node’s', () => {
    const decoded = decodeDocument(summary(node, top('eth0', 40, 30, [nic('eth0', 40, 30)], 10)));

    expect(isHost(decoded)).toBe(false);
    expect(decoded.value('pod', 0, 'network/rx')).toBe(40);
    expect(decoded.sparse('pod', 0)).toHaveLength(2);
  });

  it.each([
    ['the same second, the same counters', 1_000, 500, 10, true],
    ['sampled before and a little less', 950, 480, 5, true],
    ['sampled after and a little more', 1_050, 510, 15, true],
    ['sampled after and yet less: the busiest pod of the node', 990, 495, 15, false],
    ['sampled before and yet more', 1_010, 505, 5, false],
    ['far less', 700, 300, 5, false],
  ])('is the host’s or its own by its counters: %s', (_, rx, tx, second, expected) => {
    const decoded = decodeDocument(summary(node, top('eth0', rx, tx, [nic('eth0', rx, tx)], second)));

    expect(isHost(decoded)).toBe(expected);
    expect(decoded.value('pod', 0, 'network/rx')).toBe(expected ? undefined : rx);
    expect(decoded.sparse('pod', 0)).toHaveLength(expected ? 0 : 2);
  });

  it('is its own if nothing was counted anywhere', () => {
    const idle = top('eth0', 0, 0, [nic('eth0', 0, 0)]);
    const decoded = decodeDocument(summary(idle, idle));

    expect(isHost(decoded)).toBe(false);
    expect(decoded.value('pod', 0, 'network/rx')).toBe(0);
  });

  it('is the host’s if it has no default interface and only interfaces of the node', () => {
    const host = block('', [nic('ens5', 9), nic('cali1', 7)], 10);
    const decoded = decodeDocument(summary(host, block('', [nic('ens5', 1), nic('cali1', 1)], 20)));

    expect(isHost(decoded)).toBe(true);
  });

  it('is its own without a block of the node to compare with', () => {
    const decoded = decodeDocument(summary(undefined, top('eth0', 1, 2, [nic('eth0', 1, 2)])));

    expect(isHost(decoded)).toBe(false);
    expect(decoded.value('pod', 0, 'network/tx')).toBe(2);
  });

  it('keeps a default interface of its own beside a list of the node’s', () => {
    const host = block('', [nic('ens4', 9_000, 8_000), nic('gke1', 70, 60)], 10);
    const decoded = decodeDocument(
      summary(host, top('eth0', 40, 30, [nic('ens4', 8_990, 7_990), nic('gke1', 70, 60)], 9)),
    );

    expect(isHost(decoded)).toBe(false);
    expect(decoded.value('pod', 0, 'network/rx')).toBe(40);
    expect(decoded.sparse('pod', 0)).toEqual([]);
  });

  it.each(['interfaces', 7, null, [null], [3], [{ name: 3 }]])(
    'survives %j as its list of interfaces',
    (interfaces) => {
      const decoded = decodeDocument(summary(node, { ...top('eth0', 4, 3), interfaces }));

      expect(decoded.value('pod', 0, 'network/rx')).toBe(4);
    },
  );
});

/** The captures whose pod specs are known: the API server says which pods are in the host's network. */
describe('host-network pods of real captures', () => {
  interface PodList {
    readonly items: readonly {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly nodeName: string; readonly hostNetwork?: boolean };
    }[];
  }

  it.each([
    ['aks-linux-2023-t0', 'aks-linux-2023-kubelet-pods-t0', 5],
    ['aks-linux-2023-t1', 'aks-linux-2023-kubelet-pods-t0', 5],
    ['honeycomb-duckboat-arm64-pvc-2020', 'honeycomb-duckboat-pods', 4],
    ['newrelic-minikube-k8s1.34-psi-busy', 'newrelic-minikube-k8s1.34-kubelet-pods', 8],
    ['splunk-kops-k8s1.10-node-one', 'splunk-kops-k8s1.10-pods', 1],
    ['splunk-kops-k8s1.10-node-two', 'splunk-kops-k8s1.10-pods', 7],
    ['splunk-kops-k8s1.10-node-three', 'splunk-kops-k8s1.10-pods', 1],
  ])('of %s are those that %s names', (capture, pods, count) => {
    const text = readFileSync(join(DATA, 'summary', `${capture}.json`), 'utf8');
    const list = JSON.parse(readFileSync(join(DATA, 'objects', `${pods}.json`), 'utf8')) as PodList;
    const { node } = JSON.parse(text) as { node: { nodeName: string; cpu: { time: string } } };

    const decoded = decodeDocument(text, { name: node.nodeName, now: Date.parse(node.cpu.time) });

    const found = Array.from({ length: decoded.table('pod').rows }, (_, row) => row)
      .filter((row) => isHost(decoded, row))
      .map((row) => decoded.label('pod', row, 'pod_name'));
    const expected = list.items
      .filter(({ spec }) => spec.hostNetwork === true && spec.nodeName === node.nodeName)
      .map(({ metadata }) => metadata.name);
    expect(found.sort()).toEqual(expected.sort());
    expect(found).toHaveLength(count);
  });
});
