import { type AzureGrouping, type AzureMonitorNames, NAMESPACE_SEPARATOR } from './azure-monitor-names.ts';
import type { GrafanaLanguage } from './grafana-language.ts';
import { lineLabels, reducer } from './promql.ts';
import type { PanelSeries } from './series.ts';
import { IDENTITY, type Panel } from './view.ts';

/** Values are written by the minute; a longer grain would add the minutes of a total up. */
const GRAIN = 'PT1M';
/** Most series of a query that ranks none. */
const MOST = 100;
const EVERYTHING = '*';

interface DimensionFilter {
  readonly dimension: string;
  readonly operator: 'eq';
  readonly filters: readonly string[];
}

/**
 * Custom metrics by Grafana's data source for Azure Monitor, also in the portal (Azure Monitor, Dashboards with Grafana). A
 * filter splits by its dimension, and `*` takes every value. Choices at the top are written by hand: the data source lists no
 * values of dimensions.
 * https://grafana.com/docs/grafana/latest/datasources/azure-monitor/query-editor/, read 2026-11-28
 */
export function grafanaAzureMonitor(names: AzureMonitorNames): GrafanaLanguage {
  return {
    datasource: 'grafana-azure-monitor-datasource',
    names,
    everything: EVERYTHING,
    targets(panel, series, variables) {
      const groupings = panel.level === 'group' ? names.groupings : [undefined];
      return groupings.map((grouping) => {
        const [customNamespace = '', metricName = ''] = series.name.split(NAMESPACE_SEPARATOR);
        const filters = filtersOf({ panel, series, variables, grouping }, names);
        return {
          queryType: 'Azure Monitor',
          subscription: names.resource.subscription,
          azureMonitor: {
            resources: [names.resource],
            metricNamespace: names.resource.metricNamespace,
            customNamespace,
            metricName,
            aggregation: aggregationOf(panel, series, filters, names),
            timeGrain: GRAIN,
            dimensionFilters: filters,
            top: String(panel.top ?? MOST),
            alias: aliasOf(panel, series, grouping, names),
          },
        };
      });
    },
    values: undefined,
  };
}

interface Asked {
  readonly panel: Panel;
  readonly series: PanelSeries;
  readonly variables: readonly string[];
  readonly grouping: AzureGrouping | undefined;
}

/** What is fixed, what is chosen at the top, and by what lines are told apart; each dimension once. */
function filtersOf({ panel, series, variables, grouping }: Asked, names: AzureMonitorNames): DimensionFilter[] {
  const found = new Map<string, readonly string[]>(series.labels.map(([name, value]) => [name, [value]]));
  const add = (name: string | undefined, values: readonly string[]): void => {
    if (name !== undefined && !found.has(name)) found.set(name, values);
  };
  for (const [key, values] of Object.entries(panel.only)) add(names.ownLabel(key), values);
  if (grouping !== undefined) add(grouping.dimension, [grouping.text]);
  for (const key of variables) add(names.label(key, panel.level), [`$${key}`]);
  for (const name of linesOf(panel, grouping, names)) add(name, [EVERYTHING]);
  return [...found].map(([dimension, filters]) => ({ dimension, operator: 'eq', filters }));
}

/** Dimensions that tell lines apart: those of the panel, or all that rows have. */
function linesOf(panel: Panel, grouping: AzureGrouping | undefined, names: AzureMonitorNames): readonly string[] {
  if (panel.by !== undefined) return lineLabels(panel, names);
  const lines = lineLabels({ ...panel, by: IDENTITY[panel.level] }, names);
  return [...lines, ...(grouping?.dimensions ?? [])];
}

/**
 * Statistic sets of totals hold the total as their sum. Of single values a series has one a minute: sum and maximum are it, and
 * the maximum stays right when a value was sent twice; where rows fall together they are added as elsewhere.
 */
function aggregationOf(
  panel: Panel,
  series: PanelSeries,
  filters: readonly DimensionFilter[],
  names: AzureMonitorNames,
): 'Total' | 'Maximum' {
  if (names.statistics(series.metric, panel.level)) return 'Total';
  const asked = new Set(filters.map(({ dimension }) => dimension));
  const apart = names.dimensions(panel.level).every((name) => name === 'cluster_name' || asked.has(name));
  return !apart && reducer(panel, series) === 'sum' ? 'Total' : 'Maximum';
}

function aliasOf(
  panel: Panel,
  { metric }: PanelSeries,
  grouping: AzureGrouping | undefined,
  names: AzureMonitorNames,
): string {
  const lines = linesOf(panel, grouping, names).map((name) => `{{ ${name} }}`);
  const own = panel.metrics.length > 1 || lines.length === 0 ? [metric.name, ...Object.values(metric.own)] : [];
  return [...lines, ...own].join(' ');
}
