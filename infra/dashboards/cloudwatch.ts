import { type Level, TOTAL_LEVELS } from '../../shared/core/level.ts';
import { METRICS, type MetricDescriptor, metricByKey } from '../../shared/core/metrics.ts';
import { placed } from './cloudwatch-grid.ts';
import { CLUSTER, insightsQuery, schemaOf, searchQuery } from './cloudwatch-queries.ts';
import type { Block, DashboardBody, DashboardWidget } from './dashboard-body.ts';
import type { DashboardTarget, Grouping } from './dashboard-target.ts';
import { unitText } from './panel.ts';
import type { Panel, View } from './view.ts';
import { VIEWS } from './views.ts';

type MetricWidget = Extract<DashboardWidget, { readonly type: 'metric' }>;
type Properties = MetricWidget['properties'];

type Target = DashboardTarget;

/**
 * The views as the body of one CloudWatch dashboard, and the functions' own health. What the sink does not export is left
 * out; graphs that rank rows are queries of Metrics Insights, the others searches and single metrics.
 */
export function cloudWatchDashboard(target: Target, views: readonly View[] = VIEWS): DashboardBody {
  const sections = views.flatMap((view) =>
    view.id === 'group'
      ? target.groupings.map((grouping) => section(target, view, `Groups by ${grouping.text}`, grouping))
      : [section(target, view, view.title)],
  );
  return {
    start: '-PT3H',
    periodOverride: 'inherit',
    variables: clusterVariable(target),
    widgets: placed([...sections.filter((blocks) => blocks.length > 1), functionsSection(target)].flat()),
  };
}

function section(target: Target, view: View, title: string, grouping?: Grouping): readonly Block[] {
  const ofCluster = view.filters.includes('cluster_name');
  const blocks = [...view.panels, ...view.rest].flatMap((panel) => blocksOf(target, panel, ofCluster, grouping));
  return [heading(title), ...blocks];
}

function functionsSection(target: Target): readonly Block[] {
  if (target.functions.names.length === 0) return [];
  return [
    heading('The functions'),
    lambda(target, 'Runs', 'Invocations', 'Sum'),
    lambda(target, 'Failed runs', 'Errors', 'Sum'),
    lambda(target, 'Longest run (ms)', 'Duration', 'Maximum'),
    lambda(target, 'Runs at once', 'ConcurrentExecutions', 'Maximum'),
  ];
}

/** The choice of the cluster at the top, filled with the clusters that have been exported. */
function clusterVariable(target: Target): DashboardBody['variables'] {
  const dimensions = target.dimensions('cluster');
  const metric = METRICS.find((one) => one.levels.includes('cluster') && target.exports(one, 'cluster'));
  const name = metric === undefined ? undefined : target.nameOf(metric, 'cluster');
  if (name === undefined || !dimensions.includes('ClusterName')) return [];
  return [
    {
      type: 'pattern',
      pattern: CLUSTER,
      inputType: 'select',
      id: 'cluster',
      label: 'Cluster',
      visible: true,
      search: `${schemaOf(target, dimensions)} MetricName="${name}"`,
      populateFrom: 'ClusterName',
      defaultValue: '__FIRST',
    },
  ];
}

function heading(title: string): Block {
  return { type: 'text', width: 24, height: 1, properties: { markdown: `## ${title}`, background: 'transparent' } };
}

/** A panel's widgets, one for each unit that its metrics have there; none if the sink exports none of them. */
function blocksOf(target: Target, panel: Panel, ofCluster: boolean, grouping?: Grouping): readonly Block[] {
  const { level } = panel;
  const metrics = panel.metrics
    .map(metricByKey)
    .filter((metric) => target.exports(metric, level) && target.nameOf(metric, level) !== undefined);
  const byUnit = Map.groupBy(metrics, (metric) => target.unitOf(metric, level).unit);
  return [...byUnit.values()].map((same) => {
    const [first] = same;
    const there = first === undefined ? undefined : target.unitOf(first, level);
    if (first === undefined || there === undefined || there.unit === first.unit) {
      return block(target, panel, same, ofCluster, grouping);
    }
    // In another unit the panel's title would be wrong.
    const title = `${same.map((metric) => target.nameOf(metric, level)).join(', ')} (${unitText(there)})`;
    return block(target, { ...panel, title, max: undefined }, same, ofCluster, grouping);
  });
}

function block(
  target: Target,
  panel: Panel,
  metrics: readonly MetricDescriptor[],
  ofCluster: boolean,
  grouping: Grouping | undefined,
): Block {
  const [first] = metrics;
  if (first === undefined) throw new RangeError('a panel without metrics');
  const single = panel.level === 'cluster' && ofCluster && isSingle(target, panel, metrics);
  const stat = statOf(target, first, panel.level);
  const max = panel.max === undefined ? {} : { max: panel.max };
  const numbers = panel.drawing === 'numbers';
  const query = { panel, ofCluster, grouping, stat };
  return metricBlock(numbers ? 6 : 12, {
    title: panel.title,
    region: target.region,
    view: numbers ? 'singleValue' : 'timeSeries',
    stat,
    ...(numbers ? { sparkline: true } : {}),
    ...(panel.drawing === 'area' ? { stacked: true } : {}),
    metrics: metrics.map((metric, at) => {
      if (single) return clusterMetric(target, metric);
      if (panel.top !== undefined && grouping === undefined) {
        return [{ expression: insightsQuery(target, metric, query), id: `q${at + 1}`, label: '' }];
      }
      const search = `SEARCH('${searchQuery(target, metric, query)}', '${stat}', 60)`;
      const expression = metric.kind === 'cumulative' && metric.name !== 'uptime' ? `RATE(${search})` : search;
      return [{ expression, id: `q${at + 1}`, label: '' }];
    }),
    ...(numbers ? {} : { yAxis: { left: { min: 0, ...max, showUnits: false } } }),
  });
}

/** True if the cluster chosen at the top has one series of each metric. */
function isSingle(target: Target, panel: Panel, metrics: readonly MetricDescriptor[]): boolean {
  return panel.split.length === 0 && metrics.every((metric) => target.labelsOf(metric, panel.level).length === 0);
}

function metricBlock(width: number, properties: Omit<Properties, 'period'>): Block {
  return { type: 'metric', width, height: 6, properties: { period: 60, ...properties } };
}

function lambda(target: Target, title: string, metric: string, stat: 'Sum' | 'Maximum'): Block {
  return metricBlock(6, {
    title,
    region: target.functions.region,
    view: 'timeSeries',
    stat,
    metrics: target.functions.names.map(({ label, name }) => ['AWS/Lambda', metric, 'FunctionName', name, { label }]),
    yAxis: { left: { min: 0, showUnits: false } },
  });
}

function clusterMetric(target: Target, metric: MetricDescriptor): Properties['metrics'][number] {
  const dimensions = target.dimensions('cluster').flatMap((key) => [key, key === 'ClusterName' ? CLUSTER : 'cluster']);
  const name = target.nameOf(metric, 'cluster') ?? metric.name;
  return [target.namespace, name, ...dimensions, { label: metric.name }];
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
