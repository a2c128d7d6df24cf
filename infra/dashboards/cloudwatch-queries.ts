import type { MetricDescriptor } from '../../shared/core/metrics.ts';
import type { DashboardTarget, Grouping } from './dashboard-target.ts';
import type { Panel } from './view.ts';

/** Stands for the cluster's name until somebody picks one at the top of the dashboard. */
export const CLUSTER = 'CLUSTER-NAME';

/** Which of a metric's series are asked for. */
export interface Asked {
  readonly panel: Panel;
  /** True to ask for the cluster alone that is chosen at the top. */
  readonly ofCluster: boolean;
  readonly grouping: Grouping | undefined;
  readonly stat: 'Sum' | 'Average';
}

type Names = Pick<DashboardTarget, 'namespace' | 'dimensions' | 'dimensionOf' | 'nameOf' | 'labelsOf'>;

/** Filters of a search: metric, cluster, grouping, own labels. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html */
export function searchQuery(target: Names, metric: MetricDescriptor, asked: Asked): string {
  const { panel, grouping } = asked;
  const dimensions = dimensionsOf(target, metric, asked);
  const own = target
    .labelsOf(metric, panel.level)
    .map(([key, value]) => `${quoted(target.dimensionOf(key))}="${value}"`);
  const only = Object.entries(panel.only).map(
    ([key, values]) => `${quoted(target.dimensionOf(key))}=(${values.map((value) => `"${value}"`).join(' OR ')})`,
  );
  const filters = [
    `MetricName="${target.nameOf(metric, panel.level)}"`,
    ...(asked.ofCluster && dimensions.includes('ClusterName') ? [`ClusterName="${CLUSTER}"`] : []),
    ...(grouping === undefined ? [] : [`Grouping="${grouping.text}"`]),
    ...own,
    ...only,
  ];
  return `${schemaOf(target, dimensions)} ${filters.join(' ')}`;
}

/**
 * A query of Metrics Insights that ranks rows. Names with other signs than letters are in quotes.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 */
export function insightsQuery(target: Names, metric: MetricDescriptor, asked: Asked): string {
  const { panel, stat } = asked;
  const dimensions = dimensionsOf(target, metric, asked);
  const name = JSON.stringify(target.nameOf(metric, panel.level));
  const reducer = stat === 'Sum' ? 'SUM' : 'AVG';
  const conditions = [
    ...(asked.ofCluster && dimensions.includes('ClusterName') ? [conditionText('ClusterName', CLUSTER)] : []),
    ...target.labelsOf(metric, panel.level).map(([key, value]) => conditionText(target.dimensionOf(key), value)),
  ];
  const lines = [...(panel.by ?? []), ...panel.split].map(target.dimensionOf).filter((one) => dimensions.includes(one));
  return [
    `SELECT ${reducer}(${name}) FROM ${schemaText(target, dimensions)}`,
    ...(conditions.length === 0 ? [] : [`WHERE ${conditions.join(' AND ')}`]),
    ...(lines.length === 0 ? [] : [`GROUP BY ${lines.map((one) => JSON.stringify(one)).join(', ')}`]),
    `ORDER BY ${reducer}() DESC LIMIT ${panel.top}`,
  ].join(' ');
}

/** Names of all dimensions of a series: the row's and those of the value itself. */
function dimensionsOf(target: Names, metric: MetricDescriptor, { panel, grouping }: Asked): readonly string[] {
  const row = grouping?.dimensions ?? target.dimensions(panel.level);
  const labels = target.labelsOf(metric, panel.level).map(([key]) => key);
  const own = [...labels, ...panel.split, ...Object.keys(panel.only)].map(target.dimensionOf);
  return [...new Set([...row, ...own])];
}

/** `{Namespace,Dimension,…}` of a search expression. */
export function schemaOf({ namespace }: Pick<Names, 'namespace'>, dimensions: readonly string[]): string {
  return `{${[namespace, ...dimensions].map(quoted).join(',')}}`;
}

/** `SCHEMA("Namespace", "Dimension", …)` of a query of Metrics Insights. */
export function schemaText({ namespace }: Pick<Names, 'namespace'>, dimensions: readonly string[]): string {
  return `SCHEMA(${[namespace, ...dimensions].map((one) => JSON.stringify(one)).join(', ')})`;
}

/** A condition on a dimension, in Metrics Insights. */
export function conditionText(dimension: string, value: string): string {
  return `${JSON.stringify(dimension)} = '${value.replaceAll("'", "\\'")}'`;
}

function quoted(name: string): string {
  return /^[\w/.-]+$/.test(name) ? name : `"${name}"`;
}
