import type { LeafLevel, Level } from '../../core/level.ts';
import type { SeriesRule } from './series-rule.ts';

/** Where the metrics of a level are, behind the prefix. Those of volumes and system containers are on their pod and node. */
export const NEW_FOLDERS: Readonly<Record<LeafLevel, string>> = {
  node: 'node/',
  sys_container: 'node_daemon/',
  pod: 'pod/',
  pod_container: 'container/',
  volume: 'pod/volume/',
};

const rule = (level: LeafLevel, name: string, rest: Partial<SeriesRule>): SeriesRule => ({
  name: `${NEW_FOLDERS[level]}${name}`,
  kind: 'gauge',
  valueType: 'int64',
  unit: 'By',
  scale: 1,
  ...rest,
});
const bytes = (level: LeafLevel, name: string): SeriesRule => rule(level, name, {});
const cores = (level: LeafLevel, name: string): SeriesRule =>
  rule(level, name, { valueType: 'double', unit: '{cpu}', scale: 1e-3 });
const coreTime = (level: LeafLevel): SeriesRule =>
  rule(level, 'cpu/core_usage_time', { kind: 'cumulative', valueType: 'double', unit: 's{cpu}', scale: 1e-9 });
const traffic = (level: LeafLevel, name: string): SeriesRule => rule(level, name, { kind: 'cumulative' });

/** Memory in use, divided into what can be freed under pressure and the working set: see the old model. */
function memory(level: LeafLevel): Readonly<Record<string, SeriesRule>> {
  const used = bytes(level, 'memory/used_bytes');
  return {
    'memory/usage': {
      ...used,
      labels: { memory_type: 'evictable' },
      minus: { key: 'memory/working_set', undivided: { memory_type: 'undivided' } },
    },
    'memory/working_set': { ...used, labels: { memory_type: 'non-evictable' } },
  };
}

/**
 * Heapster's series on `k8s_container`, `k8s_pod` and `k8s_node`, by metric name; metrics/sinks/stackdriver/metadata.go and its
 * translate functions. What Heapster got wrong and what is sent here: `node/ephemeral_storage/total_bytes` was always 0;
 * `used_bytes` and `allocatable_bytes` beside it were declared and never sent.
 */
const RULES: Readonly<Record<LeafLevel, Readonly<Record<string, SeriesRule>>>> = {
  pod_container: {
    uptime: rule('pod_container', 'uptime', { kind: 'cumulative', valueType: 'double', unit: 's', scale: 1e-3 }),
    'cpu/usage': coreTime('pod_container'),
    'cpu/request': cores('pod_container', 'cpu/request_cores'),
    'cpu/limit': cores('pod_container', 'cpu/limit_cores'),
    ...memory('pod_container'),
    'memory/request': bytes('pod_container', 'memory/request_bytes'),
    'memory/limit': bytes('pod_container', 'memory/limit_bytes'),
    'ephemeral_storage/usage': bytes('pod_container', 'ephemeral_storage/used_bytes'),
    'ephemeral_storage/request': bytes('pod_container', 'ephemeral_storage/request_bytes'),
    'ephemeral_storage/limit': bytes('pod_container', 'ephemeral_storage/limit_bytes'),
    'accelerator/memory_total': bytes('pod_container', 'accelerator/memory_total'),
    'accelerator/memory_used': bytes('pod_container', 'accelerator/memory_used'),
    'accelerator/duty_cycle': rule('pod_container', 'accelerator/duty_cycle', { unit: '%' }),
    'nvidia.com/gpu/request': rule('pod_container', 'accelerator/request', {
      unit: '1',
      labels: { resource_name: 'nvidia.com/gpu' },
    }),
    restart_count: rule('pod_container', 'restart_count', { kind: 'cumulative', unit: '1', since: 'created' }),
  },
  pod: {
    'network/rx': traffic('pod', 'network/received_bytes_count'),
    'network/tx': traffic('pod', 'network/sent_bytes_count'),
  },
  volume: {
    'filesystem/usage': bytes('volume', 'used_bytes'),
    'filesystem/limit': bytes('volume', 'total_bytes'),
  },
  node: {
    'cpu/usage': coreTime('node'),
    'cpu/node_capacity': cores('node', 'cpu/total_cores'),
    'cpu/node_allocatable': cores('node', 'cpu/allocatable_cores'),
    ...memory('node'),
    'memory/node_capacity': bytes('node', 'memory/total_bytes'),
    'memory/node_allocatable': bytes('node', 'memory/allocatable_bytes'),
    'network/rx': traffic('node', 'network/received_bytes_count'),
    'network/tx': traffic('node', 'network/sent_bytes_count'),
    'ephemeral_storage/usage': bytes('node', 'ephemeral_storage/used_bytes'),
    'ephemeral_storage/node_capacity': bytes('node', 'ephemeral_storage/total_bytes'),
    'ephemeral_storage/node_allocatable': bytes('node', 'ephemeral_storage/allocatable_bytes'),
  },
  sys_container: { 'cpu/usage': coreTime('sys_container'), ...memory('sys_container') },
};

/** Names of metrics that Heapster sent in this model. */
export const NEW_METRICS: readonly string[] = [...new Set(Object.values(RULES).flatMap((rules) => Object.keys(rules)))];

/** Heapster's series of a metric on the `k8s_…` resources; undefined = Heapster sent none. */
export function newSeries(metric: string, level: Level): SeriesRule | undefined {
  const rules: Readonly<Record<string, SeriesRule>> = level in RULES ? RULES[level as LeafLevel] : {};
  return Object.hasOwn(rules, metric) ? rules[metric] : undefined;
}
