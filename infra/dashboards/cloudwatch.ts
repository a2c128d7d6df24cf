import { type Level, TOTAL_LEVELS } from '../../shared/core/level.ts';
import { METRICS, type MetricDescriptor, metricByKey } from '../../shared/core/metrics.ts';
import type { DashboardBody, DashboardWidget } from './dashboard-body.ts';

/** Stands for the cluster's name until somebody picks one at the top of the dashboard. */
const CLUSTER = 'CLUSTER-NAME';

/** Put in by CloudFormation: the stack's own region and functions. */
const OWN_REGION = `\${AWS::Region}`;
const FUNCTIONS = ['Tick', 'Scrape', 'Reduce'].map((name) => ({ name, reference: `\${${name}LambdaFunction}` }));

type MetricWidget = Extract<DashboardWidget, { readonly type: 'metric' }>;
type Properties = MetricWidget['properties'];
type Block = Omit<MetricWidget, 'x' | 'y'> | Omit<Exclude<DashboardWidget, MetricWidget>, 'x' | 'y'>;

/** What a dashboard is made for: one `cloudwatch:` sink and the groupings of the configuration. */
export interface DashboardTarget {
  readonly namespace: string;
  /** Region of the sink; undefined = the stack's own. */
  readonly region: string | undefined;
  /** True if totals are sent as statistic sets, whose sum is the total. */
  readonly statisticSets: boolean;
  /** Names of the dimensions of a level's rows. */
  readonly dimensions: (level: Level) => readonly string[];
  /** Each grouping's text, which is the value of its dimension `Grouping`, and the names of all its dimensions. */
  readonly groupings: readonly { readonly text: string; readonly dimensions: readonly string[] }[];
  /** Whether the sink exports a metric on rows of a level. */
  readonly exports: (metric: MetricDescriptor, level: Level) => boolean;
}

type Target = DashboardTarget;

/**
 * The CloudWatch dashboard as data: how much was measured, the cluster, its namespaces and label groups, its nodes, and
 * the functions' own health. Names, units and texts come from the catalog; what the sink does not export is left out.
 */
export function cloudWatchDashboard(target: Target): DashboardBody {
  const sections: readonly (readonly (readonly (Block | undefined)[])[])[] = [
    [
      [heading('Is it all there?')],
      [
        numbers(target, 'Nodes', ['node/count', 'node/measured']),
        numbers(target, 'Pods', ['pod/expected', 'pod/count']),
        lines(target, ['collection/completeness'], 1),
      ],
    ],
    [
      [heading('Cluster')],
      [
        lines(target, ['cpu/usage_rate', 'cpu/request', 'cpu/limit']),
        lines(target, ['memory/working_set', 'memory/request', 'memory/limit']),
      ],
    ],
    [
      [heading('Namespaces')],
      [search(target, 'namespace', 'cpu/usage_rate', 12), search(target, 'namespace', 'memory/working_set', 12)],
      [
        search(target, 'namespace', 'network/rx_rate', 8),
        search(target, 'namespace', 'network/tx_rate', 8),
        search(target, 'namespace', 'restart_count', 8),
      ],
    ],
    ...target.groupings.map((grouping) => [
      [heading(`Groups by ${grouping.text}`)],
      [
        search(target, 'group', 'cpu/usage_rate', 12, grouping),
        search(target, 'group', 'memory/working_set', 12, grouping),
      ],
    ]),
    [
      [heading('Nodes')],
      [
        search(target, 'node', 'cpu/node_utilization', 8),
        search(target, 'node', 'memory/node_utilization', 8),
        search(target, 'node', 'up', 8),
      ],
    ],
    [
      [heading('The collector itself')],
      [
        lambda('Runs', 'Invocations', 'Sum'),
        lambda('Failed runs', 'Errors', 'Sum'),
        lambda('Longest run (ms)', 'Duration', 'Maximum'),
        lambda('Runs at once', 'ConcurrentExecutions', 'Maximum'),
      ],
    ],
  ];
  return {
    start: '-PT3H',
    periodOverride: 'inherit',
    variables: clusterVariable(target),
    widgets: placed(sections.flatMap(withoutGaps)),
  };
}

/** The choice of the cluster at the top, filled with the clusters that have been exported. */
function clusterVariable(target: Target): DashboardBody['variables'] {
  const dimensions = target.dimensions('cluster');
  const metric = METRICS.find((one) => one.levels.includes('cluster') && target.exports(one, 'cluster'));
  if (metric === undefined || !dimensions.includes('ClusterName')) return [];
  return [
    {
      type: 'pattern',
      pattern: CLUSTER,
      inputType: 'select',
      id: 'cluster',
      label: 'Cluster',
      visible: true,
      search: `${schemaOf(target, dimensions)} MetricName="${metric.name}"`,
      populateFrom: 'ClusterName',
      defaultValue: '__FIRST',
    },
  ];
}

/** The rows of a section that have widgets; nothing if only the heading is left. */
function withoutGaps(section: readonly (readonly (Block | undefined)[])[]): readonly (readonly Block[])[] {
  const rows = section.map((row) => row.filter((block) => block !== undefined)).filter((row) => row.length > 0);
  return rows.length > 1 ? rows : [];
}

/** Rows of blocks from the top down; a row is as high as its highest block. */
function placed(rows: readonly (readonly Block[])[]): DashboardWidget[] {
  const widgets: DashboardWidget[] = [];
  let y = 0;
  for (const row of rows) {
    let x = 0;
    for (const block of row) {
      widgets.push({ ...block, x, y });
      x += block.width;
    }
    y += Math.max(...row.map((block) => block.height));
  }
  return widgets;
}

function heading(title: string): Block {
  return { type: 'text', width: 24, height: 1, properties: { markdown: `## ${title}`, background: 'transparent' } };
}

function metricBlock(width: number, properties: Omit<Properties, 'period'>): Block {
  return { type: 'metric', width, height: 6, properties: { period: 60, ...properties } };
}

/** Two numbers of the cluster with their course. */
function numbers(target: Target, title: string, keys: readonly string[]): Block | undefined {
  const metrics = exported(target, keys, 'cluster');
  if (metrics.length === 0) return undefined;
  return metricBlock(6, {
    title,
    region: regionOf(target),
    view: 'singleValue',
    stat: 'Average',
    sparkline: true,
    metrics: metrics.map((metric) => clusterMetric(target, metric)),
  });
}

/** Metrics of the cluster as lines: one graph, one unit. */
function lines(target: Target, keys: readonly string[], max?: number): Block | undefined {
  const metrics = exported(target, keys, 'cluster');
  const [first] = metrics;
  if (first === undefined) return undefined;
  return metricBlock(12, {
    title: metrics.length === 1 ? titleOf(first) : `${metrics.map(({ name }) => name).join(', ')} (${unitText(first)})`,
    region: regionOf(target),
    view: 'timeSeries',
    stat: statOf(target, first, 'cluster'),
    metrics: metrics.map((metric) => clusterMetric(target, metric)),
    yAxis: { left: { min: 0, ...(max === undefined ? {} : { max }), showUnits: false } },
  });
}

/** One metric of all rows of a level (or of a grouping), found when the dashboard is opened. */
function search(
  target: Target,
  level: Level,
  key: string,
  width: number,
  grouping?: Target['groupings'][number],
): Block | undefined {
  const [metric] = exported(target, [key], level);
  if (metric === undefined) return undefined;
  const stat = statOf(target, metric, level);
  const dimensions = grouping?.dimensions ?? target.dimensions(level);
  const filters = [
    `MetricName="${metric.name}"`,
    ...(dimensions.includes('ClusterName') ? [`ClusterName="${CLUSTER}"`] : []),
    ...(grouping === undefined ? [] : [`Grouping="${grouping.text}"`]),
  ];
  const query = `${schemaOf(target, dimensions)} ${filters.join(' ')}`;
  return metricBlock(width, {
    title: `${titleOf(metric)} by ${level}`,
    region: regionOf(target),
    view: 'timeSeries',
    stat,
    stacked: metric.summed && level === 'namespace',
    metrics: [[{ expression: `SEARCH('${query}', '${stat}', 60)`, id: 'all', label: '' }]],
    yAxis: { left: { min: 0, showUnits: false } },
  });
}

function lambda(title: string, metric: string, stat: 'Sum' | 'Maximum'): Block {
  return metricBlock(6, {
    title,
    region: OWN_REGION,
    view: 'timeSeries',
    stat,
    metrics: FUNCTIONS.map(({ name, reference }) => ['AWS/Lambda', metric, 'FunctionName', reference, { label: name }]),
    yAxis: { left: { min: 0, showUnits: false } },
  });
}

function regionOf({ region }: Target): string {
  return region ?? OWN_REGION;
}

function clusterMetric(target: Target, { name }: MetricDescriptor): Properties['metrics'][number] {
  const dimensions = target.dimensions('cluster').flatMap((key) => [key, key === 'ClusterName' ? CLUSTER : 'cluster']);
  return [target.namespace, name, ...dimensions, { label: name }];
}

/**
 * Totals are statistic sets over pods: their sum in a minute is the total, their average is a pod's. All else is one
 * value a minute, of which the average is harmless should a minute have been delivered twice.
 */
function statOf(target: Target, metric: MetricDescriptor, level: Level): 'Sum' | 'Average' {
  return target.statisticSets && metric.summed && (TOTAL_LEVELS as readonly Level[]).includes(level)
    ? 'Sum'
    : 'Average';
}

/** The catalog's entries of keys that the sink exports. Throws on a key that the level does not have. */
function exported(target: Target, keys: readonly string[], level: Level): readonly MetricDescriptor[] {
  return keys.flatMap((key) => {
    const metric = metricByKey(key);
    if (!metric.levels.includes(level)) throw new RangeError(`${key} is no metric of level ${level}`);
    return target.exports(metric, level) ? [metric] : [];
  });
}

function titleOf(metric: MetricDescriptor): string {
  return `${metric.description} (${unitText(metric)})`;
}

const UNIT_TEXT: Readonly<Record<string, string>> = {
  'm{cpu}': 'millicores',
  By: 'bytes',
  'By/s': 'bytes/s',
  '1': 'count',
};

function unitText({ unit, valueType }: MetricDescriptor): string {
  if (unit === '1' && valueType === 'double') return 'fraction';
  return UNIT_TEXT[unit] ?? unit;
}

/** `{Namespace,Dimension,…}` of a search expression. */
function schemaOf({ namespace }: Target, dimensions: readonly string[]): string {
  return `{${[namespace, ...dimensions].map(quoted).join(',')}}`;
}

function quoted(name: string): string {
  return /^[\w/.-]+$/.test(name) ? name : `"${name}"`;
}
