import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LeafLevel } from '../../shared/core/level.ts';
import { metricByKey } from '../../shared/core/metrics.ts';
import { decodeDocument } from '../support/decoded-summary.ts';

/**
 * What OpenTelemetry's kubeletstats receiver publishes for the same document (the `expected.yaml` files beside its fixture,
 * read 2026-11-24): numbers that other people's code made of it. CPU time is in seconds and CPU use in cores there.
 */
const body = readFileSync(join(import.meta.dirname, '../data/summary/otel-kubeletstats-minikube-2020.json'), 'utf8');
const summary = decodeDocument(body, { name: 'minikube', now: Date.parse('2020-04-20T22:52:27Z') });

const SHARED_FS = { 'filesystem.available': 13717454848, 'filesystem.capacity': 17361125376 };
const TOKEN = { available: 2015703040, capacity: 2015715328, inodes: 492118, 'inodes.free': 492109, 'inodes.used': 9 };
const CONFIG = { available: 14810071040, capacity: 17361125376, inodes: 9768928, 'inodes.free': 9758502 };

/** Resource → metric → number, in the receiver's words. */
const PUBLISHED: readonly (readonly [LeafLevel, pod: string, name: string, Readonly<Record<string, number>>])[] = [
  [
    'node',
    '',
    'minikube',
    {
      'cpu.time': 263.475389988,
      'cpu.usage': 0.165737329,
      ...SHARED_FS,
      'filesystem.usage': 2626973696,
      'memory.available': 2620624896,
      'memory.major_page_faults': 12,
      'memory.page_faults': 12345,
      'memory.rss': 607125504,
      'memory.usage': 3608727552,
      'memory.working_set': 1234567890,
      'network.errors receive': 0,
      'network.errors transmit': 0,
      'network.io receive': 948305524,
      'network.io transmit': 12542266,
    },
  ],
  [
    'sys_container',
    '',
    'kubelet',
    { 'cpu.time': 30.950306756, 'cpu.usage': 0.038604362, 'memory.usage': 33259520, 'memory.working_set': 28827648 },
  ],
  [
    'sys_container',
    '',
    'pods',
    { 'cpu.time': 98.2355233, 'cpu.usage': 0.099829244, 'memory.usage': 428924928, 'memory.working_set': 391106560 },
  ],
  [
    'sys_container',
    '',
    // Heapster's name of the container runtime.
    'docker-daemon',
    { 'cpu.time': 68.358191098, 'cpu.usage': 0.021685404, 'memory.usage': 1186713600, 'memory.working_set': 300175360 },
  ],
  [
    'pod',
    '',
    'go-hello-world-5456b4b8cd-99vxc',
    {
      'cpu.time': 0.300122579,
      'cpu.usage': 0,
      'filesystem.usage': 135168,
      'memory.available': 171589632,
      'memory.major_page_faults': 0,
      'memory.page_faults': 0,
      'memory.rss': 23523328,
      'memory.usage': 25726976,
      'memory.working_set': 25722880,
      'network.errors receive': 0,
      'network.errors transmit': 0,
      'network.io receive': 0,
      'network.io transmit': 0,
    },
  ],
  [
    'pod',
    '',
    'coredns-66bff467f8-58qvv',
    {
      'cpu.time': 3.69769445,
      'cpu.usage': 0.003494461,
      'filesystem.usage': 73728,
      'memory.available': 171589632,
      'memory.major_page_faults': 0,
      'memory.page_faults': 0,
      'memory.rss': 6832128,
      'memory.usage': 8372224,
      'memory.working_set': 6668288,
      'network.errors receive': 0,
      'network.errors transmit': 0,
      'network.io receive': 606529,
      'network.io transmit': 121854,
    },
  ],
  [
    'pod',
    '',
    'coredns-66bff467f8-szddj',
    {
      'cpu.time': 2.771541709,
      'cpu.usage': 0.003430175,
      'filesystem.usage': 73728,
      'memory.available': 171323392,
      'memory.major_page_faults': 0,
      'memory.page_faults': 0,
      'memory.rss': 6807552,
      'memory.usage': 8626176,
      'memory.working_set': 6934528,
    },
  ],
  [
    'pod_container',
    'kube-scheduler-minikube',
    'kube-scheduler',
    {
      'cpu.time': 4.560175707,
      'cpu.usage': 0.003438625,
      ...SHARED_FS,
      'filesystem.usage': 12288,
      'memory.available': 171589632,
      'memory.major_page_faults': 0,
      'memory.page_faults': 7260,
      'memory.rss': 12660736,
      'memory.usage': 13701120,
      'memory.working_set': 11640832,
    },
  ],
  [
    'pod_container',
    'kube-proxy-v48tf',
    'kube-proxy',
    {
      'cpu.time': 1.047769731,
      'cpu.usage': 0.000396945,
      ...SHARED_FS,
      'filesystem.usage': 94208,
      'memory.available': 171589632,
      'memory.major_page_faults': 0,
      'memory.page_faults': 38148,
      'memory.rss': 8065024,
      'memory.usage': 9715712,
      'memory.working_set': 8736768,
    },
  ],
  [
    'pod_container',
    'coredns-66bff467f8-58qvv',
    'coredns',
    {
      'cpu.time': 3.662885116,
      'cpu.usage': 0.004558032,
      ...SHARED_FS,
      'filesystem.usage': 32768,
      'memory.available': 171999232,
      'memory.major_page_faults': 0,
      'memory.page_faults': 5445,
      'memory.rss': 6828032,
      'memory.usage': 7962624,
      'memory.working_set': 6258688,
    },
  ],
  [
    'pod_container',
    'kube-apiserver-minikube',
    'kube-apiserver',
    {
      'cpu.time': 45.900186687,
      'cpu.usage': 0.046144879,
      ...SHARED_FS,
      'filesystem.usage': 53248,
      'memory.available': 171589632,
      'memory.major_page_faults': 0,
      'memory.page_faults': 78969,
      'memory.rss': 266645504,
      'memory.usage': 268869632,
      'memory.working_set': 243318784,
    },
  ],
  ['volume', 'go-hello-world-5456b4b8cd-99vxc', 'default-token-wgfsl', TOKEN],
  ['volume', 'coredns-66bff467f8-58qvv', 'config-volume', { ...CONFIG, 'inodes.used': 5 }],
  ['volume', 'coredns-66bff467f8-58qvv', 'coredns-token-dzc5t', TOKEN],
  ['volume', 'coredns-66bff467f8-szddj', 'config-volume', { ...CONFIG, 'inodes.used': 5 }],
  ['volume', 'coredns-66bff467f8-szddj', 'coredns-token-dzc5t', TOKEN],
  ['volume', 'kube-proxy-v48tf', 'kube-proxy', { ...CONFIG, 'inodes.used': 7 }],
  ['volume', 'kube-proxy-v48tf', 'kube-proxy-token-2z27z', TOKEN],
];

/** The receiver's metric → ours, and theirs = ours × scale. */
const OURS: Readonly<Record<string, readonly [key: string, scale: number]>> = {
  'cpu.time': ['cpu/usage', 1e-9],
  'cpu.usage': ['cpu/usage_rate', 1e-3],
  'filesystem.available': ['filesystem/available[/]', 1],
  'filesystem.capacity': ['filesystem/limit[/]', 1],
  'filesystem.usage': ['filesystem/usage[/]', 1],
  'memory.available': ['memory/available', 1],
  'memory.major_page_faults': ['memory/major_page_faults', 1],
  'memory.page_faults': ['memory/page_faults', 1],
  'memory.rss': ['memory/rss', 1],
  'memory.usage': ['memory/usage', 1],
  'memory.working_set': ['memory/working_set', 1],
  'network.errors receive': ['network/rx_errors', 1],
  'network.errors transmit': ['network/tx_errors', 1],
  'network.io receive': ['network/rx', 1],
  'network.io transmit': ['network/tx', 1],
  available: ['filesystem/available', 1],
  capacity: ['filesystem/limit', 1],
  inodes: ['filesystem/inodes', 1],
  'inodes.free': ['filesystem/inodes_free', 1],
  'inodes.used': ['filesystem/inodes_used', 1],
};

/** A pod's filesystem is its ephemeral storage there. */
const POD_OURS: Readonly<Record<string, readonly [key: string, scale: number]>> = {
  'filesystem.usage': ['ephemeral_storage/usage', 1],
};

const NAMING = {
  node: 'nodename',
  sys_container: 'container_name',
  pod: 'pod_name',
  pod_container: 'container_name',
  volume: 'volume_name',
} as const;

function rowOf(level: LeafLevel, pod: string, name: string): number {
  const table = summary.table(level);
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter(
    (row) =>
      summary.label(level, row, NAMING[level]) === name &&
      (pod === '' || summary.label(level, row, 'pod_name') === pod),
  );
  if (rows.length !== 1) throw new Error(`${rows.length} rows for ${level} ${pod} ${name}`);
  return rows[0] ?? -1;
}

describe('the numbers that the kubeletstats receiver publishes for the same document', () => {
  it.each(PUBLISHED)('agree for %s %s %s', (level, pod, name, published) => {
    const row = rowOf(level, pod, name);

    const ours = Object.keys(published).map((metric) => {
      const [key, scale] = (level === 'pod' ? POD_OURS[metric] : undefined) ?? OURS[metric] ?? ['', 1];
      metricByKey(key);
      return [metric, Number(((summary.value(level, row, key) ?? Number.NaN) * scale).toPrecision(15))];
    });

    expect(Object.fromEntries(ours)).toEqual(published);
  });

  it('are 140 and more', () => {
    const numbers = PUBLISHED.reduce((sum, [, , , published]) => sum + Object.keys(published).length, 0);

    expect(numbers).toBeGreaterThanOrEqual(140);
  });
});
