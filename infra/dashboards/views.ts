import { LEVELS, type Level } from '../../shared/core/level.ts';
import { METRICS, type MetricDescriptor } from '../../shared/core/metrics.ts';
import { ownLabelKeys, panel } from './panel.ts';
import { IDENTITY, type Panel, type View, type ViewId } from './view.ts';

const CPU = ['cpu/usage_rate', 'cpu/request', 'cpu/limit'];
const MEMORY = ['memory/working_set', 'memory/request', 'memory/limit'];
const STORAGE = ['ephemeral_storage/usage', 'ephemeral_storage/request', 'ephemeral_storage/limit'];
const NETWORK = ['network/rx_rate', 'network/tx_rate'];
const PODS = ['pod/expected', 'pod/count'];
const UTILIZATION = [
  'cpu/request_utilization',
  'cpu/limit_utilization',
  'memory/request_utilization',
  'memory/limit_utilization',
];
/** Lines of a graph that ranks rows. */
const TOP = 10;
/** Metrics of one generated graph. */
const MOST = 6;

/** What every total has: use beside requests and limits, traffic, pods, restarts. `by` tells its lines apart. */
function total(level: Level, by: readonly string[] | undefined): readonly Panel[] {
  const each = by === undefined ? {} : { by };
  return [
    panel(level, CPU, each),
    panel(level, MEMORY, each),
    panel(level, NETWORK, each),
    panel(level, UTILIZATION, each),
    panel(level, PODS, each),
    panel(level, ['restart_count'], each),
    panel(level, ['collection/completeness'], { ...each, max: 1 }),
    panel(level, STORAGE, each),
  ];
}

/** Rows of a level against each other. */
function ranked(level: Level, key: string, by: readonly string[], drawing: Panel['drawing'] = 'lines'): Panel {
  return panel(level, [key], { by, top: TOP, drawing });
}

type Draft = Omit<View, 'rest'> & { readonly rest: readonly Level[] };

const BY_CLUSTER = { by: ['cluster_name'] };
const POD = ['namespace_name', 'pod_name'];

const DRAFTS: readonly Draft[] = [
  {
    id: 'fleet',
    title: 'All clusters',
    filters: [],
    rest: [],
    panels: [
      panel('cluster', ['collection/completeness'], { ...BY_CLUSTER, max: 1 }),
      panel('cluster', ['node/count', 'node/measured'], BY_CLUSTER),
      panel('cluster', PODS, BY_CLUSTER),
      panel('cluster', ['cpu/usage_rate'], { ...BY_CLUSTER, drawing: 'area' }),
      panel('cluster', ['memory/working_set'], { ...BY_CLUSTER, drawing: 'area' }),
      panel('cluster', NETWORK, BY_CLUSTER),
      panel('cluster', ['cpu/request_utilization', 'memory/request_utilization'], BY_CLUSTER),
      panel('cluster', ['restart_count'], BY_CLUSTER),
      panel('cluster', ['heapless/lag'], BY_CLUSTER),
    ],
  },
  {
    id: 'cluster',
    title: 'Cluster',
    filters: ['cluster_name'],
    rest: ['cluster'],
    panels: [
      panel('cluster', ['node/count', 'node/measured'], { by: [], drawing: 'numbers' }),
      panel('cluster', PODS, { by: [], drawing: 'numbers' }),
      ...total('cluster', []),
      ranked('namespace', 'cpu/usage_rate', ['namespace_name'], 'area'),
      ranked('namespace', 'memory/working_set', ['namespace_name'], 'area'),
      ranked('namespace', 'network/rx_rate', ['namespace_name']),
      ranked('namespace', 'network/tx_rate', ['namespace_name']),
      ranked('namespace', 'restart_count', ['namespace_name']),
      ranked('node', 'cpu/node_utilization', ['nodename']),
      ranked('node', 'memory/node_utilization', ['nodename']),
      panel('node', ['up'], { by: ['nodename'] }),
    ],
  },
  {
    id: 'namespace',
    title: 'Namespace',
    filters: ['cluster_name', 'namespace_name'],
    rest: ['namespace', 'pod', 'pod_container', 'volume'],
    panels: [
      ...total('namespace', ['namespace_name']),
      ranked('workload', 'cpu/usage_rate', ['workload_kind', 'workload_name'], 'area'),
      ranked('workload', 'memory/working_set', ['workload_kind', 'workload_name'], 'area'),
      ranked('pod', 'cpu/usage_rate', POD),
      ranked('pod', 'memory/working_set', POD),
      ranked('pod', 'network/rx_rate', POD),
      ranked('pod', 'restart_count', POD),
      ranked('pod_container', 'memory/limit_utilization', [...POD, 'container_name']),
      ranked('pod_container', 'cpu/limit_utilization', [...POD, 'container_name']),
      ranked('volume', 'filesystem/usage', [...POD, 'volume_name']),
      panel('volume', ['filesystem/available'], { by: [...POD, 'volume_name'] }),
    ],
  },
  {
    id: 'workload',
    title: 'Workload',
    filters: ['cluster_name', 'namespace_name', 'workload_name'],
    rest: ['workload'],
    panels: total('workload', ['workload_kind', 'workload_name']),
  },
  {
    id: 'group',
    title: 'Label groups',
    filters: ['cluster_name', 'grouping'],
    rest: ['group'],
    panels: total('group', undefined),
  },
  {
    id: 'node',
    title: 'Node',
    filters: ['cluster_name', 'nodename'],
    rest: ['node', 'sys_container'],
    panels: [
      panel('node', ['up'], { by: ['nodename'], drawing: 'numbers' }),
      panel('node', ['node/down'], { by: ['nodename'] }),
      panel('node', [...CPU, 'cpu/node_allocatable'], { by: ['nodename'] }),
      panel('node', [...MEMORY, 'memory/node_allocatable'], { by: ['nodename'] }),
      panel('node', ['cpu/node_utilization', 'cpu/node_reservation'], { by: ['nodename'] }),
      panel('node', ['memory/node_utilization', 'memory/node_reservation'], { by: ['nodename'] }),
      panel('node', NETWORK, { by: ['nodename'] }),
      panel('node', ['filesystem/usage[/]', 'filesystem/limit[/]'], { by: ['nodename'] }),
      panel(
        'node',
        ['cpu', 'memory', 'io'].flatMap((of) => [`${of}/pressure_rate[some]`, `${of}/pressure_rate[full]`]),
        { title: 'Share of time that tasks waited (fraction)', by: ['nodename'] },
      ),
      panel('node', ['pid/usage', 'pid/limit'], { by: ['nodename'] }),
      panel('node', PODS, { by: ['nodename'] }),
      ranked('sys_container', 'cpu/usage_rate', ['nodename', 'container_name']),
      ranked('sys_container', 'memory/working_set', ['nodename', 'container_name']),
    ],
  },
  {
    id: 'heapless',
    title: 'Heapless itself',
    filters: ['cluster_name'],
    rest: [],
    panels: [
      panel('cluster', ['heapless/ticks'], { by: [] }),
      panel('cluster', ['heapless/nodes'], { by: [] }),
      panel('namespace', ['collection/completeness'], { by: ['namespace_name'], max: 1 }),
      panel('cluster', ['collection/incomplete'], { by: ['cluster_name'] }),
      panel('cluster', ['heapless/points'], {
        title: 'Points that backends took, by sink: what they bill (count)',
        by: [],
        split: ['sink'],
        only: { outcome: ['delivered', 'replayed'] },
        drawing: 'area',
      }),
      panel('cluster', ['heapless/points'], {
        title: 'Points that were lost or refused (count)',
        by: [],
        only: { outcome: ['rejected', 'dropped', 'expired'] },
      }),
      panel('cluster', ['heapless/backlog_points'], { by: [] }),
      panel('cluster', ['heapless/backlog_age'], { by: [] }),
      panel('cluster', ['heapless/lag', 'heapless/tick_duration'], { by: [] }),
      panel('cluster', ['heapless/stage_duration'], { by: [] }),
      panel('cluster', ['heapless/api_requests'], { by: [] }),
      panel('cluster', ['heapless/api_bytes', 'heapless/peak_memory'], { by: [] }),
    ],
  },
];

/** Every view of the catalog. */
export const VIEWS: readonly View[] = withRest(DRAFTS);

/** The views of these ids, in the order of the views; all without ids. */
export function viewsOf(ids: readonly ViewId[]): readonly View[] {
  return ids.length === 0 ? VIEWS : VIEWS.filter(({ id }) => ids.includes(id));
}

function withRest(drafts: readonly Draft[]): readonly View[] {
  const shown = new Set(drafts.flatMap(({ panels }) => panels.flatMap(keysOf)));
  return drafts.map(({ rest, ...view }) => ({
    ...view,
    rest: LEVELS.filter((level) => rest.includes(level)).flatMap((level) => restOf(level, shown)),
  }));
}

function keysOf({ level, metrics }: Panel): readonly string[] {
  return metrics.map((key) => `${level} ${key}`);
}

/** Graphs of what no other graph shows: by the first part of the name and the unit, at most six metrics in each. */
function restOf(level: Level, shown: ReadonlySet<string>): readonly Panel[] {
  const left = METRICS.filter((metric) => metric.levels.includes(level) && !shown.has(`${level} ${metric.key}`));
  const by = IDENTITY[level].filter((label) => label !== 'cluster_name' && label !== 'grouping');
  return [...Map.groupBy(left, familyOf).values()].flatMap((family) =>
    Array.from({ length: Math.ceil(family.length / MOST) }, (_, at) => {
      const part = family.slice(at * MOST, (at + 1) * MOST);
      const keys = part.map(({ key }) => key);
      return panel(level, keys, level === 'group' ? {} : { by, ...(part.length === 1 ? { top: TOP } : {}) });
    }),
  );
}

function familyOf(metric: MetricDescriptor): string {
  const { name, unit, kind, valueType, own } = metric;
  return [name.split('/')[0], unit, kind, valueType, own['resource_id'] ?? '', ...ownLabelKeys(metric)].join('\0');
}
