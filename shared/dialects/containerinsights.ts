/**
 * The names of CloudWatch Container Insights (its classic form, docs.aws.amazon.com Container-Insights-metrics-EKS, read 2026).
 * Percentages are 0 to 100; of a pod's and a container's use they are parts of its node's capacity. CPU is in millicores.
 * A value has one name here: where Container Insights has two of it, the one that its own dashboards draw is taken.
 */
import type { Level } from '../core/level.ts';
import type { MetricDescriptor } from '../core/metrics.ts';
import type { Dialect, DialectMetric } from './dialect.ts';
import { type WordMeasure, wordFor } from './words.ts';

interface Word extends WordMeasure {
  readonly name: string;
}

const PERCENT = { unit: '%', scale: 100 } as const;

function ratio(name: string, of: string, by: string, how: 'ratio' | 'ratio-to-node' = 'ratio'): Word {
  return { name, ...PERCENT, reading: { made: { how, of, by } } };
}

const LIMIT: WordMeasure = { reading: { zeroIsAbsent: true } };

const WORDS: Readonly<Partial<Record<Level, Readonly<Record<string, Word>>>>> = {
  cluster: {
    'node/count': { name: 'cluster_node_count' },
    'pod/count': { name: 'cluster_number_of_running_pods' },
  },
  namespace: { 'pod/count': { name: 'namespace_number_of_running_pods' } },
  node: {
    'cpu/usage_rate': { name: 'node_cpu_usage_total' },
    'cpu/node_capacity': { name: 'node_cpu_limit' },
    'cpu/node_utilization': ratio('node_cpu_utilization', 'cpu/usage_rate', 'cpu/node_capacity'),
    'cpu/node_reservation': ratio('node_cpu_reserved_capacity', 'cpu/request', 'cpu/node_capacity'),
    'memory/working_set': { name: 'node_memory_working_set' },
    'memory/node_capacity': { name: 'node_memory_limit' },
    'memory/node_utilization': ratio('node_memory_utilization', 'memory/working_set', 'memory/node_capacity'),
    'memory/node_reservation': ratio('node_memory_reserved_capacity', 'memory/request', 'memory/node_capacity'),
    'network/rx_rate': {
      name: 'node_network_total_bytes',
      reading: { made: { how: 'sum', of: 'network/rx_rate', by: 'network/tx_rate' } },
    },
    'filesystem/usage[/]': ratio('node_filesystem_utilization', 'filesystem/usage[/]', 'filesystem/limit[/]'),
    'filesystem/inodes[/]': { name: 'node_filesystem_inodes' },
    'filesystem/inodes_free[/]': { name: 'node_filesystem_inodes_free' },
    'pod/count': { name: 'node_number_of_running_pods' },
    'container/count': { name: 'node_number_of_running_containers' },
  },
  pod: {
    'cpu/usage_rate': ratio('pod_cpu_utilization', 'cpu/usage_rate', 'cpu/node_capacity', 'ratio-to-node'),
    'cpu/limit_utilization': { name: 'pod_cpu_utilization_over_pod_limit', ...PERCENT },
    'cpu/request': ratio('pod_cpu_reserved_capacity', 'cpu/request', 'cpu/node_capacity', 'ratio-to-node'),
    'cpu/limit': { name: 'pod_cpu_limit', ...LIMIT },
    'memory/usage': ratio('pod_memory_utilization', 'memory/working_set', 'memory/node_capacity', 'ratio-to-node'),
    'memory/working_set': { name: 'pod_memory_working_set' },
    'memory/limit_utilization': { name: 'pod_memory_utilization_over_pod_limit', ...PERCENT },
    'memory/request': ratio('pod_memory_reserved_capacity', 'memory/request', 'memory/node_capacity', 'ratio-to-node'),
    'memory/limit': { name: 'pod_memory_limit', ...LIMIT },
    'network/rx_rate': { name: 'pod_network_rx_bytes' },
    'network/tx_rate': { name: 'pod_network_tx_bytes' },
    restart_count: { name: 'pod_number_of_container_restarts' },
  },
  pod_container: {
    'cpu/usage_rate': ratio('container_cpu_utilization', 'cpu/usage_rate', 'cpu/node_capacity', 'ratio-to-node'),
    'cpu/limit_utilization': { name: 'container_cpu_utilization_over_container_limit', ...PERCENT },
    'cpu/request': { name: 'container_cpu_request', ...LIMIT },
    'cpu/limit': { name: 'container_cpu_limit', ...LIMIT },
    'memory/working_set': ratio(
      'container_memory_utilization',
      'memory/working_set',
      'memory/node_capacity',
      'ratio-to-node',
    ),
    'memory/limit_utilization': { name: 'container_memory_utilization_over_container_limit', ...PERCENT },
    'memory/request': { name: 'container_memory_request', ...LIMIT },
    'memory/limit': { name: 'container_memory_limit', ...LIMIT },
    'filesystem/usage[/]': { name: 'container_filesystem_usage' },
    'filesystem/available[/]': { name: 'container_filesystem_available' },
  },
};

/** Dimensions by label. `PodName` is the name of the workload; the pod's own is `FullPodName`. */
const DIMENSIONS: Readonly<Record<string, string>> = {
  cluster_name: 'ClusterName',
  nodename: 'NodeName',
  host_id: 'InstanceId',
  namespace_name: 'Namespace',
  workload_name: 'PodName',
  pod_name: 'FullPodName',
  container_name: 'ContainerName',
};

/** Labels of the values themselves have no dimension in Container Insights. */
function toWord(metric: MetricDescriptor, level: Level): DialectMetric | undefined {
  const word = WORDS[level]?.[metric.key];
  if (word === undefined) return undefined;
  const { name, ...measure } = word;
  return wordFor(metric, name, { ...measure, labels: {} });
}

const LEVELS: ReadonlySet<Level> = new Set(Object.keys(WORDS) as Level[]);

const containerinsights: Dialect = {
  name: 'containerinsights',
  metric: toWord,
  label: (key, level) => (LEVELS.has(level) ? DIMENSIONS[key] : undefined),
  ownLabel: (key) => key,
  fixed: () => [],
};

export default containerinsights;
