import type { Level } from '../core/level.ts';
import { METRICS, type MetricDescriptor } from '../core/metrics.ts';
import type { Dialect, DialectMetric } from './dialect.ts';
import { BASE_UNITS, IF_SET, isChosenLabel, type WordMeasure, wordFor } from './words.ts';

interface Word {
  readonly name: string;
  /** What would have been scraped for it: decides `job` and `metrics_path`. */
  readonly page: 'cadvisor' | 'kubelet' | 'kube-state-metrics';
  readonly kind?: WordMeasure['kind'];
  readonly reading?: WordMeasure['reading'];
  readonly labels?: Readonly<Record<string, string>>;
}

/** Labels that scraping would have added, and that the widespread dashboards ask for. */
const PAGES: Readonly<Record<Word['page'], Readonly<Record<string, string>>>> = {
  cadvisor: { job: 'kubelet', metrics_path: '/metrics/cadvisor' },
  kubelet: { job: 'kubelet', metrics_path: '/metrics' },
  'kube-state-metrics': { job: 'kube-state-metrics' },
};

const cadvisor = (name: string, labels: Readonly<Record<string, string>> = {}): Word => ({
  name: `container_${name}`,
  page: 'cadvisor',
  labels,
});

/** cAdvisor's names, of containers, of pods (without `container`) and of the node (`id="/"`). */
const CADVISOR: Readonly<Record<string, Word>> = {
  'cpu/usage': cadvisor('cpu_usage_seconds_total'),
  'memory/usage': cadvisor('memory_usage_bytes'),
  'memory/working_set': cadvisor('memory_working_set_bytes'),
  'memory/rss': cadvisor('memory_rss'),
  'swap/usage': cadvisor('memory_swap'),
  'memory/page_faults': cadvisor('memory_failures_total', { failure_type: 'pgfault', scope: 'hierarchy' }),
  'memory/major_page_faults': cadvisor('memory_failures_total', { failure_type: 'pgmajfault', scope: 'hierarchy' }),
  'network/interface_rx': cadvisor('network_receive_bytes_total'),
  'network/interface_tx': cadvisor('network_transmit_bytes_total'),
  'network/interface_rx_errors': cadvisor('network_receive_errors_total'),
  'network/interface_tx_errors': cadvisor('network_transmit_errors_total'),
  'cpu/pressure_total[some]': cadvisor('pressure_cpu_waiting_seconds_total'),
  'cpu/pressure_total[full]': cadvisor('pressure_cpu_stalled_seconds_total'),
  'memory/pressure_total[some]': cadvisor('pressure_memory_waiting_seconds_total'),
  'memory/pressure_total[full]': cadvisor('pressure_memory_stalled_seconds_total'),
  'io/pressure_total[some]': cadvisor('pressure_io_waiting_seconds_total'),
  'io/pressure_total[full]': cadvisor('pressure_io_stalled_seconds_total'),
};

const ofState = (name: string, resource: string, unit: string): Word => ({
  name,
  page: 'kube-state-metrics',
  labels: { resource, unit },
});

/** A request or a limit of a container, if it is set. */
const ifSet = (bound: string, resource: string, unit: string): Word => ({
  ...ofState(`kube_pod_container_resource_${bound}`, resource, unit),
  reading: IF_SET,
});

const CONTAINER: Readonly<Record<string, Word>> = {
  'filesystem/usage[/]': cadvisor('fs_usage_bytes'),
  'filesystem/limit[/]': cadvisor('fs_limit_bytes'),
  'cpu/request': ifSet('requests', 'cpu', 'core'),
  'cpu/limit': ifSet('limits', 'cpu', 'core'),
  'memory/request': ifSet('requests', 'memory', 'byte'),
  'memory/limit': ifSet('limits', 'memory', 'byte'),
  'ephemeral_storage/request': ifSet('requests', 'ephemeral_storage', 'byte'),
  'ephemeral_storage/limit': ifSet('limits', 'ephemeral_storage', 'byte'),
  restart_count: { name: 'kube_pod_container_status_restarts_total', page: 'kube-state-metrics', kind: 'cumulative' },
};

const NODE: Readonly<Record<string, Word>> = {
  'cpu/node_capacity': ofState('kube_node_status_capacity', 'cpu', 'core'),
  'cpu/node_allocatable': ofState('kube_node_status_allocatable', 'cpu', 'core'),
  'memory/node_capacity': ofState('kube_node_status_capacity', 'memory', 'byte'),
  'memory/node_allocatable': ofState('kube_node_status_allocatable', 'memory', 'byte'),
  'ephemeral_storage/node_capacity': ofState('kube_node_status_capacity', 'ephemeral_storage', 'byte'),
  'ephemeral_storage/node_allocatable': ofState('kube_node_status_allocatable', 'ephemeral_storage', 'byte'),
  'pod/count': { name: 'kubelet_running_pods', page: 'kubelet' },
  'container/count': {
    name: 'kubelet_running_containers',
    page: 'kubelet',
    labels: { container_state: 'running' },
  },
  up: { name: 'up', page: 'kubelet' },
};

const volume = (name: string): Word => ({ name: `kubelet_volume_stats_${name}`, page: 'kubelet' });

const VOLUME: Readonly<Record<string, Word>> = {
  'filesystem/available': volume('available_bytes'),
  'filesystem/limit': volume('capacity_bytes'),
  'filesystem/usage': volume('used_bytes'),
  'filesystem/inodes': volume('inodes'),
  'filesystem/inodes_free': volume('inodes_free'),
  'filesystem/inodes_used': volume('inodes_used'),
};

const WORDS: Readonly<Partial<Record<Level, Readonly<Record<string, Word>>>>> = {
  node: { ...CADVISOR, ...NODE },
  pod: CADVISOR,
  pod_container: { ...CADVISOR, ...CONTAINER },
  volume: VOLUME,
};

const LABELS: Readonly<Record<string, string>> = {
  cluster_name: 'cluster',
  nodename: 'node',
  hostname: 'instance',
  namespace_name: 'namespace',
  pod_name: 'pod',
  pod_id: 'uid',
  container_name: 'container',
  container_base_image: 'image',
  volume_name: 'volume',
  pvc_name: 'persistentvolumeclaim',
  workload_kind: 'workload_type',
  workload_name: 'workload',
  grouping: 'grouping',
};

const OWN = /^(heapless|collection|node|group|custom)\/|^(pod|container)\/(count|expected)$/;

/** Requests and limits of resources that the cluster names itself, of the catalog's form `<resource>/request`. */
function extendedResource({ name, id }: MetricDescriptor, level: Level): Word | undefined {
  const [, resource = '', what] = /^(.+)\/(request|limit)$/.exec(name) ?? [];
  if (resource === '' || id < METRICS.length || level !== 'pod_container') return undefined;
  const unit = resource.startsWith('hugepages') ? 'byte' : 'integer';
  return ifSet(`${what}s`, resource.replaceAll(/[^a-zA-Z0-9]/g, '_'), unit);
}

function toWord(metric: MetricDescriptor, level: Level): DialectMetric | undefined {
  const base = BASE_UNITS[metric.unit];
  const said = WORDS[level]?.[metric.key] ?? extendedResource(metric, level);
  if (said !== undefined) {
    const id = level === 'node' && said.page === 'cadvisor' ? { id: '/' } : {};
    const labels = { ...PAGES[said.page], ...said.labels, ...id };
    return wordFor(metric, said.name, { ...base, kind: said.kind ?? metric.kind, reading: said.reading, labels });
  }
  // How the collection went, and metrics that the cluster names itself, are nobody else's: they keep their names.
  if (!OWN.test(metric.name)) return undefined;
  const text = metric.name.replaceAll('/', '_').replace(/^heapless_/, '');
  const ofLevel = metric.name.startsWith('heapless/') || metric.name.startsWith(`${level}/`) ? '' : `${level}_`;
  const unit = { s: '_seconds', By: '_bytes' }[base.unit] ?? '';
  return wordFor(metric, `heapless_${ofLevel}${text}${unit}`, { ...base, labels: { job: 'heapless', ...metric.own } });
}

/**
 * What the dashboards and alerts of kube-prometheus ask for: cAdvisor's, the kubelet's and kube-state-metrics' names, with
 * the labels of their scraping. Totals are left out, because those dashboards add up themselves.
 */
const prometheus: Dialect = {
  name: 'prometheus',
  metric: toWord,
  label(key, level) {
    if (!isChosenLabel(key)) return LABELS[key];
    // As kube-state-metrics names labels of objects: a pod's own label `container` must not make a container of it.
    return level === 'group' ? key : `label_${key}`;
  },
  ownLabel: (key) => key,
  fixed: () => [],
  // A kubelet has volumes of claims alone; alerts on volumes that fill up would fire for all others.
  needs: (level) => (level === 'volume' ? 'pvc_name' : undefined),
};

export default prometheus;
