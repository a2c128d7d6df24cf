import type { Level } from './level.ts';

/** UCUM unit of a value. `m{cpu}` is millicores; `1` is a plain number or a fraction (0..1). */
export type Unit = 'ns' | 'us' | 'ms' | 'By' | 'By/s' | '1' | '1/s' | 'm{cpu}' | '%';

/** Cumulative counts since the entity's start time; a gauge is the value at the sample time. */
export type MetricKind = 'gauge' | 'cumulative';

/** Whether a backend that tells integers from fractions stores this metric as integers. Never changes for a name. */
export type ValueType = 'int64' | 'double';

/** Which block of the kubelet's document carries the sample time of a counter. */
export const SAMPLE_CLOCKS = ['cpu', 'memory', 'network', 'io'] as const;
export type SampleClock = (typeof SAMPLE_CLOCKS)[number];

/** One entry of the catalog: one column. Metrics of one name differ by their fixed own labels. */
export interface MetricDescriptor {
  /** Index into `METRICS` and of the column in a table. */
  readonly id: number;
  /** Unique: the name, and the own labels' values in brackets if there are any. */
  readonly key: string;
  /** Heapster's name, or a name in its manner. */
  readonly name: string;
  /** Fixed labels of the value itself (Heapster's labelled metrics); empty for plain metrics. */
  readonly own: Readonly<Record<string, string>>;
  /** Suffix of the OpenTelemetry name (`k8s.node.` / `k8s.pod.` / `container.` precede it), if there is one. */
  readonly otel: string | undefined;
  readonly unit: Unit;
  readonly kind: MetricKind;
  readonly valueType: ValueType;
  readonly levels: readonly Level[];
  /** Cumulative metrics that rates are made of: whose sample time counts. */
  readonly clock: SampleClock | undefined;
  /** Rates: key of the counter, and value = scale × difference ÷ milliseconds. */
  readonly rate: { readonly of: string; readonly scale: number } | undefined;
  /** True if namespaces, workloads, groups and the cluster hold the sum over their pods. */
  readonly summed: boolean;
  /** Where the value comes from, in the words of the Kubernetes API. */
  readonly source: string;
  readonly description: string;
}

type Draft = Omit<MetricDescriptor, 'id' | 'key'>;

const LEVEL_OF_LETTER: Readonly<Record<string, readonly Level[]>> = {
  n: ['node'],
  y: ['sys_container'],
  p: ['pod'],
  k: ['pod_container'],
  v: ['volume'],
  c: ['cluster'],
  g: ['group'],
  t: ['cluster', 'namespace', 'workload', 'group'],
};

interface Extra {
  readonly own?: Readonly<Record<string, string>>;
  readonly otel?: string;
  readonly clock?: SampleClock;
  readonly rate?: { readonly of: string; readonly scale: number };
}

function draft(
  kind: MetricKind,
  valueType: ValueType,
): (name: string, unit: Unit, letters: string, source: string, description: string, extra?: Extra) => Draft {
  return (name, unit, letters, source, description, extra) => ({
    name,
    own: extra?.own ?? {},
    otel: extra?.otel,
    unit,
    kind,
    valueType,
    levels: [...letters].flatMap((letter) => LEVEL_OF_LETTER[letter] ?? []),
    clock: extra?.clock,
    rate: extra?.rate,
    summed: letters.includes('t') && SUMMED.has(name),
    source,
    description,
  });
}

/** Metrics whose totals are sums over pods. The other metrics of total levels are counts and ratios. */
const SUMMED: ReadonlySet<string> = new Set([
  'cpu/usage_rate',
  'cpu/request',
  'cpu/limit',
  'memory/usage',
  'memory/working_set',
  'memory/rss',
  'memory/request',
  'memory/limit',
  'network/rx_rate',
  'network/tx_rate',
  'ephemeral_storage/usage',
  'ephemeral_storage/request',
  'ephemeral_storage/limit',
  'restart_count',
]);

const counter = draft('cumulative', 'int64');
const whole = draft('gauge', 'int64');
const fraction = draft('gauge', 'double');

/** Scale of a rate: nanoseconds of CPU time per millisecond to millicores. */
const MILLICORES = 1e-3;
const PER_SECOND = 1_000;
/** Microseconds stalled per millisecond to a fraction of time. */
const SHARE_OF_TIME = 1e-3;

const USAGE: readonly Draft[] = [
  counter('uptime', 'ms', 'nypk', 'startTime', 'Time since the entity started', { otel: 'uptime' }),
  counter('cpu/usage', 'ns', 'nypk', 'cpu.usageCoreNanoSeconds', 'CPU time used since start', {
    otel: 'cpu.time',
    clock: 'cpu',
  }),
  fraction('cpu/usage_rate', 'm{cpu}', 'nypkt', 'rate of cpu/usage', 'CPU use', {
    otel: 'cpu.usage',
    rate: { of: 'cpu/usage', scale: MILLICORES },
  }),
  whole('memory/usage', 'By', 'nypkt', 'memory.usageBytes', 'Memory in use, page cache included', {
    otel: 'memory.usage',
  }),
  whole(
    'memory/working_set',
    'By',
    'nypkt',
    'memory.workingSetBytes',
    'Memory in use that cannot be freed under pressure',
    {
      otel: 'memory.working_set',
    },
  ),
  whole('memory/rss', 'By', 'nypkt', 'memory.rssBytes', 'Anonymous and swap cache memory', { otel: 'memory.rss' }),
  whole('memory/available', 'By', 'nypk', 'memory.availableBytes', 'Memory left before the limit (node: capacity)', {
    otel: 'memory.available',
  }),
  counter('memory/page_faults', '1', 'nypk', 'memory.pageFaults', 'Page faults since start', {
    otel: 'memory.page_faults',
    clock: 'memory',
  }),
  fraction('memory/page_faults_rate', '1/s', 'nypk', 'rate of memory/page_faults', 'Page faults per second', {
    rate: { of: 'memory/page_faults', scale: PER_SECOND },
  }),
  counter('memory/major_page_faults', '1', 'nypk', 'memory.majorPageFaults', 'Major page faults since start', {
    otel: 'memory.major_page_faults',
    clock: 'memory',
  }),
  fraction(
    'memory/major_page_faults_rate',
    '1/s',
    'nypk',
    'rate of memory/major_page_faults',
    'Major page faults per second',
    { rate: { of: 'memory/major_page_faults', scale: PER_SECOND } },
  ),
  whole('swap/usage', 'By', 'nypk', 'swap.swapUsageBytes', 'Swap in use'),
  whole('swap/available', 'By', 'nypk', 'swap.swapAvailableBytes', 'Swap left'),
  counter('network/rx', 'By', 'np', 'network.rxBytes', 'Bytes received on the default interface since start', {
    otel: 'network.io',
    clock: 'network',
  }),
  fraction('network/rx_rate', 'By/s', 'npt', 'rate of network/rx', 'Bytes received per second', {
    rate: { of: 'network/rx', scale: PER_SECOND },
  }),
  counter('network/rx_errors', '1', 'np', 'network.rxErrors', 'Receive errors since start', {
    otel: 'network.errors',
    clock: 'network',
  }),
  fraction('network/rx_errors_rate', '1/s', 'np', 'rate of network/rx_errors', 'Receive errors per second', {
    rate: { of: 'network/rx_errors', scale: PER_SECOND },
  }),
  counter('network/tx', 'By', 'np', 'network.txBytes', 'Bytes sent on the default interface since start', {
    otel: 'network.io',
    clock: 'network',
  }),
  fraction('network/tx_rate', 'By/s', 'npt', 'rate of network/tx', 'Bytes sent per second', {
    rate: { of: 'network/tx', scale: PER_SECOND },
  }),
  counter('network/tx_errors', '1', 'np', 'network.txErrors', 'Send errors since start', {
    otel: 'network.errors',
    clock: 'network',
  }),
  fraction('network/tx_errors_rate', '1/s', 'np', 'rate of network/tx_errors', 'Send errors per second', {
    rate: { of: 'network/tx_errors', scale: PER_SECOND },
  }),
  whole('process/count', '1', 'p', 'process_stats.process_count', 'Processes of the pod'),
  whole('pid/limit', '1', 'n', 'node.rlimit.maxpid', 'Most processes the node can run', { otel: 'pid.limit' }),
  whole('pid/usage', '1', 'n', 'node.rlimit.curproc', 'Processes on the node', { otel: 'pid.usage' }),
];

function pressure(resource: 'cpu' | 'memory' | 'io', share: 'some' | 'full'): readonly Draft[] {
  const own = { pressure: share };
  const who = share === 'some' ? 'some task' : 'every task';
  const at = `${resource}.psi.${share}`;
  return [
    counter(`${resource}/pressure_total`, 'us', 'nypk', `${at}.total`, `Time that ${who} waited for ${resource}`, {
      own,
      clock: resource,
    }),
    fraction(
      `${resource}/pressure_rate`,
      '1',
      'nypk',
      `rate of ${resource}/pressure_total`,
      `Fraction of time that ${who} waited for ${resource}`,
      { own, rate: { of: `${resource}/pressure_total[${share}]`, scale: SHARE_OF_TIME } },
    ),
    ...[10, 60, 300].map((seconds) =>
      fraction(
        `${resource}/pressure_avg${seconds}`,
        '%',
        'nypk',
        `${at}.avg${seconds}`,
        `Percentage of the last ${seconds} s that ${who} waited for ${resource}, as the kernel averages it`,
        { own },
      ),
    ),
  ];
}

function filesystem(resourceId: string | undefined, letters: string, block: string): readonly Draft[] {
  const extra: Extra = resourceId === undefined ? {} : { own: { resource_id: resourceId } };
  const otel = (suffix: string): Extra => (resourceId === '/' ? { ...extra, otel: `filesystem.${suffix}` } : extra);
  return [
    whole('filesystem/usage', 'By', letters, `${block}.usedBytes`, 'Bytes used', otel('usage')),
    whole('filesystem/limit', 'By', letters, `${block}.capacityBytes`, 'Capacity', otel('capacity')),
    whole('filesystem/available', 'By', letters, `${block}.availableBytes`, 'Bytes free', otel('available')),
    whole('filesystem/inodes', '1', letters, `${block}.inodes`, 'Inodes in all', extra),
    whole('filesystem/inodes_free', '1', letters, `${block}.inodesFree`, 'Inodes free', extra),
    whole('filesystem/inodes_used', '1', letters, `${block}.inodesUsed`, 'Inodes used', extra),
  ];
}

const STORAGE: readonly Draft[] = [
  ...filesystem('/', 'nyk', 'node.fs, rootfs'),
  ...filesystem('logs', 'yk', 'logs'),
  ...filesystem('imagefs', 'n', 'node.runtime.imageFs'),
  ...filesystem('containerfs', 'n', 'node.runtime.containerFs'),
  ...filesystem(undefined, 'v', 'volume[]'),
  whole(
    'ephemeral_storage/usage',
    'By',
    'nypkt',
    'node.fs.usedBytes, ephemeral-storage.usedBytes, rootfs + logs usedBytes',
    'Local ephemeral storage in use',
  ),
  whole('ephemeral_storage/available', 'By', 'p', 'ephemeral-storage.availableBytes', 'Ephemeral storage left'),
  whole(
    'ephemeral_storage/inodes_used',
    '1',
    'p',
    'ephemeral-storage.inodesUsed',
    'Inodes of ephemeral storage in use',
  ),
];

const POD_SPEC: readonly Draft[] = [
  whole('cpu/request', 'm{cpu}', 'npkt', 'spec.containers[].resources.requests.cpu', 'CPU asked for'),
  whole('cpu/limit', 'm{cpu}', 'npkt', 'spec.containers[].resources.limits.cpu', 'CPU limit; 0 is no limit'),
  whole('memory/request', 'By', 'npkt', 'spec.containers[].resources.requests.memory', 'Memory asked for'),
  whole('memory/limit', 'By', 'npkt', 'spec.containers[].resources.limits.memory', 'Memory limit; 0 is no limit'),
  whole(
    'ephemeral_storage/request',
    'By',
    'npkt',
    'spec.containers[].resources.requests.ephemeral-storage',
    'Ephemeral storage asked for',
  ),
  whole(
    'ephemeral_storage/limit',
    'By',
    'npkt',
    'spec.containers[].resources.limits.ephemeral-storage',
    'Ephemeral storage limit; 0 is no limit',
  ),
  whole('restart_count', '1', 'pkt', 'status.containerStatuses[].restartCount', 'Restarts of the container'),
  fraction(
    'cpu/request_utilization',
    '1',
    'pkt',
    'cpu/usage_rate ÷ cpu/request',
    'CPU use of what has a request ÷ its requests',
  ),
  fraction(
    'cpu/limit_utilization',
    '1',
    'pkt',
    'cpu/usage_rate ÷ cpu/limit',
    'CPU use of what has a limit ÷ its limits',
  ),
  fraction(
    'memory/request_utilization',
    '1',
    'pkt',
    'memory/working_set ÷ memory/request',
    'Working set of what has a request ÷ its requests',
  ),
  fraction(
    'memory/limit_utilization',
    '1',
    'pkt',
    'memory/working_set ÷ memory/limit',
    'Working set of what has a limit ÷ its limits',
  ),
];

const NODE_OBJECT: readonly Draft[] = (['cpu', 'memory', 'ephemeral_storage'] as const).flatMap((resource) => {
  const unit: Unit = resource === 'cpu' ? 'm{cpu}' : 'By';
  const used = resource === 'cpu' ? 'cpu/usage_rate' : `${resource}/usage`;
  const quantity = resource.replace('_', '-');
  return [
    fraction(`${resource}/node_capacity`, unit, 'n', `status.capacity.${quantity}`, 'Capacity of the node'),
    fraction(
      `${resource}/node_allocatable`,
      unit,
      'n',
      `status.allocatable.${quantity}`,
      'What pods may use of the node',
    ),
    fraction(
      `${resource}/node_utilization`,
      '1',
      'n',
      `${used} ÷ ${resource}/node_allocatable`,
      'Use as a fraction of allocatable',
    ),
    fraction(
      `${resource}/node_reservation`,
      '1',
      'n',
      `${resource}/request ÷ ${resource}/node_allocatable`,
      'Requests as a fraction of allocatable',
    ),
  ];
});

const COLLECTION: readonly Draft[] = [
  whole('up', '1', 'n', 'the scrape', '1 if the node answered in this tick, else 0'),
  whole('node/count', '1', 'c', 'the node list', 'Nodes of the cluster'),
  whole('node/measured', '1', 'c', 'the scrapes', 'Nodes that answered in this tick'),
  whole('pod/count', '1', 'nt', 'the summaries', 'Pods measured in this tick'),
  whole('pod/expected', '1', 'nt', 'the pod lists', 'Pods that the API server says are running'),
  whole('container/count', '1', 'nt', 'the summaries', 'Containers measured in this tick'),
  whole('group/folded', '1', 'g', 'the grouping', 'Label combinations folded into the (other) row'),
  fraction(
    'collection/completeness',
    '1',
    't',
    'pods measured ÷ pods expected',
    'How much of this total was measured (0..1)',
  ),
  whole(
    'collection/incomplete',
    '1',
    't',
    'collection/completeness < --min-completeness',
    '1 if less of this total was measured than is asked for, else 0',
  ),
];

/** What Heapless says of itself, on the row of the cluster. */
const SELF: readonly Draft[] = [
  whole('heapless/lag', 'ms', 'c', 'the tick', 'Time from the stamp of the tick to its start'),
  whole('heapless/tick_duration', 'ms', 'c', 'the tick', 'Time that the whole tick took, up to the report'),
  whole('heapless/api_requests', '1', 'c', 'the tick', 'Requests to the API server in this tick'),
  whole('heapless/api_bytes', 'By', 'c', 'the tick', 'Bytes of answers of the API server in this tick'),
  whole('heapless/peak_memory', 'By', 'c', 'the tick', 'Largest resident memory of a function in this tick'),
];

/** The same, by outcome, sink or stage; and why a node is down. */
const SELF_LABELLED: readonly Draft[] = [
  whole('heapless/ticks', '1', 'c', 'the tick', 'Ticks by status: whole, partial or nothing'),
  whole('heapless/nodes', '1', 'c', 'the scrapes', 'Nodes by outcome: answered, failed, late or gone'),
  whole(
    'heapless/points',
    '1',
    'c',
    'the exports',
    'Points by sink and outcome: delivered, rejected, dropped, spilled, resting, left_out, replayed or expired',
  ),
  whole('heapless/stage_duration', 'ms', 'c', 'the tick', 'Time of a stage of the tick; the slowest shard counts'),
  whole('heapless/backlog_points', '1', 'c', 'the backlog', 'Points that wait for a sink'),
  whole('heapless/backlog_age', 'ms', 'c', 'the backlog', 'Age of the oldest point that waits for a sink'),
  whole('node/down', '1', 'n', 'the scrape, the node list', '1 with the reason, if the node did not answer or is gone'),
];

/** Values with labels of their own whose keys are not known before (interfaces, accelerators). */
const LABELLED: readonly Draft[] = [
  counter('network/interface_rx', 'By', 'np', 'network.interfaces[].rxBytes', 'Bytes received by interface'),
  counter('network/interface_rx_errors', '1', 'np', 'network.interfaces[].rxErrors', 'Receive errors by interface'),
  counter('network/interface_tx', 'By', 'np', 'network.interfaces[].txBytes', 'Bytes sent by interface'),
  counter('network/interface_tx_errors', '1', 'np', 'network.interfaces[].txErrors', 'Send errors by interface'),
  whole('accelerator/memory_total', 'By', 'k', 'accelerators[].memoryTotal', 'Memory of the accelerator'),
  whole('accelerator/memory_used', 'By', 'k', 'accelerators[].memoryUsed', 'Memory of the accelerator in use'),
  whole('accelerator/duty_cycle', '%', 'k', 'accelerators[].dutyCycle', 'Percentage of time the accelerator was busy'),
];

/** Own-label keys of the metrics with labels that are not fixed, by the first part of their name. */
export const SPARSE_OWN_LABELS: Readonly<Record<string, readonly string[]>> = {
  network: ['interface'],
  accelerator: ['make', 'model', 'accelerator_id'],
  heapless: ['sink', 'outcome', 'stage', 'status'],
  node: ['reason'],
};

function keyOf(metric: Draft): string {
  const values = Object.values(metric.own);
  return values.length === 0 ? metric.name : `${metric.name}[${values.join(',')}]`;
}

const DENSE: readonly Draft[] = [
  ...USAGE,
  ...(['cpu', 'memory', 'io'] as const).flatMap((r) => [...pressure(r, 'some'), ...pressure(r, 'full')]),
  ...STORAGE,
  ...POD_SPEC,
  ...NODE_OBJECT,
  ...COLLECTION,
  ...SELF,
];

/** The one catalog. A metric's id is its index here and the index of its column in every table. */
export const METRICS: readonly MetricDescriptor[] = [...DENSE, ...LABELLED, ...SELF_LABELLED].map((metric, id) =>
  Object.freeze({ ...metric, id, key: keyOf(metric) }),
);

/** Metrics below this id have columns; those from it on live in the sparse table. */
export const DENSE_METRICS: number = DENSE.length;

const BY_KEY = new Map(METRICS.map((metric) => [metric.key, metric]));

/** The entry of a key such as `cpu/usage` or `filesystem/usage[/]`. Throws on a key that is not in the catalog. */
export function metricByKey(key: string): MetricDescriptor {
  const metric = BY_KEY.get(key);
  if (metric === undefined) throw new RangeError(`no metric ${key} in the catalog`);
  return metric;
}

/** Column index of a key. Throws on a key that is not in the catalog. */
export function metricId(key: string): number {
  return metricByKey(key).id;
}

/**
 * Metrics named by the cluster itself: `custom/<name>` (user-defined metrics, always double) and
 * `<resource>/request` (extended resources). They live in the sparse table under ids after the catalog's.
 */
export function dynamicMetric(id: number, name: string, kind: MetricKind, levels: readonly Level[]): MetricDescriptor {
  const custom = name.startsWith('custom/');
  return {
    id,
    key: name,
    name,
    own: {},
    otel: undefined,
    unit: '1',
    kind,
    valueType: custom ? 'double' : 'int64',
    levels,
    clock: undefined,
    rate: undefined,
    summed: false,
    source: custom ? 'userDefinedMetrics[]' : 'spec.containers[].resources.requests',
    description: custom ? 'User-defined metric' : `Requested ${name.slice(0, -'/request'.length)}`,
  };
}
