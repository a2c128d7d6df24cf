import type { Level } from '../core/level.ts';
import { createOtelDialect, OTEL_PREFIX, type OtelWord } from './otel-dialect.ts';
import { IF_SET } from './words.ts';

/** Suffixes that stand behind `k8s.node`, `k8s.pod`, `container` and `k8s.node.system_container`. */
const SUFFIXES: Readonly<Record<string, OtelWord>> = {
  uptime: { name: 'uptime' },
  'cpu/usage': { name: 'cpu.time' },
  'cpu/usage_rate': { name: 'cpu.usage' },
  'memory/usage': { name: 'memory.usage' },
  'memory/working_set': { name: 'memory.working_set' },
  'memory/rss': { name: 'memory.rss' },
  'memory/available': { name: 'memory.available' },
  // The receiver calls these counters gauges.
  'memory/page_faults': { name: 'memory.page_faults', kind: 'gauge' },
  'memory/major_page_faults': { name: 'memory.major_page_faults', kind: 'gauge' },
  'filesystem/usage[/]': { name: 'filesystem.usage' },
  'filesystem/limit[/]': { name: 'filesystem.capacity' },
  'filesystem/available[/]': { name: 'filesystem.available' },
};

/** Whole names, by level. */
const NAMES: Readonly<Partial<Record<Level, Readonly<Record<string, OtelWord>>>>> = {
  node: {
    'filesystem/inodes[/]': { name: 'k8s.node.filesystem.inode.count', kind: 'updown', unit: '{inode}' },
    'filesystem/inodes_free[/]': { name: 'k8s.node.filesystem.inode.free', kind: 'updown', unit: '{inode}' },
    'pid/limit': { name: 'k8s.node.pid.limit', kind: 'updown', unit: '{thread}' },
    'pid/usage': { name: 'k8s.node.pid.usage', kind: 'updown', unit: '{thread}' },
    ...network('k8s.node'),
  },
  pod: {
    'ephemeral_storage/usage': { name: 'k8s.pod.filesystem.usage' },
    'ephemeral_storage/available': { name: 'k8s.pod.filesystem.available' },
    ...network('k8s.pod'),
    ...utilizations('k8s.pod'),
  },
  pod_container: {
    'filesystem/usage[logs]': {
      name: 'k8s.container.ephemeral_storage.usage',
      kind: 'updown',
      labels: { 'fs.type': 'logs' },
    },
    'cpu/request': { name: 'k8s.container.cpu_request', reading: IF_SET },
    'cpu/limit': { name: 'k8s.container.cpu_limit', reading: IF_SET },
    'memory/request': { name: 'k8s.container.memory_request', reading: IF_SET },
    'memory/limit': { name: 'k8s.container.memory_limit', reading: IF_SET },
    'ephemeral_storage/request': { name: 'k8s.container.ephemeralstorage_request', reading: IF_SET },
    'ephemeral_storage/limit': { name: 'k8s.container.ephemeralstorage_limit', reading: IF_SET },
    restart_count: { name: 'k8s.container.restarts', unit: '{restart}' },
    ...utilizations('k8s.container'),
  },
  volume: {
    'filesystem/available': { name: 'k8s.volume.available' },
    'filesystem/limit': { name: 'k8s.volume.capacity' },
    'filesystem/usage': { name: 'k8s.pod.volume.usage' },
    'filesystem/inodes': { name: 'k8s.volume.inodes' },
    'filesystem/inodes_free': { name: 'k8s.volume.inodes.free' },
    'filesystem/inodes_used': { name: 'k8s.volume.inodes.used' },
  },
};

function network(prefix: string): Readonly<Record<string, OtelWord>> {
  return {
    'network/interface_rx': { name: `${prefix}.network.io`, labels: { direction: 'receive' } },
    'network/interface_tx': { name: `${prefix}.network.io`, labels: { direction: 'transmit' } },
    'network/interface_rx_errors': { name: `${prefix}.network.errors`, labels: { direction: 'receive' } },
    'network/interface_tx_errors': { name: `${prefix}.network.errors`, labels: { direction: 'transmit' } },
  };
}

function utilizations(prefix: string): Readonly<Record<string, OtelWord>> {
  return {
    'cpu/request_utilization': { name: `${prefix}.cpu_request_utilization` },
    'cpu/limit_utilization': { name: `${prefix}.cpu_limit_utilization` },
    'memory/request_utilization': { name: `${prefix}.memory_request_utilization` },
    'memory/limit_utilization': { name: `${prefix}.memory_limit_utilization` },
  };
}

/** A name of the kubelet stats and cluster receivers of the OpenTelemetry Collector, contrib 0.156. */
export function otelWord(key: string, level: Level): OtelWord | undefined {
  const whole = NAMES[level]?.[key];
  if (whole !== undefined) return whole;
  const prefix = OTEL_PREFIX[level];
  const suffix = SUFFIXES[key];
  return prefix === undefined || suffix === undefined ? undefined : { ...suffix, name: `${prefix}.${suffix.name}` };
}

export default createOtelDialect({ name: 'otel', metric: otelWord, ownLabels: {} });
