import type { GrafanaTarget } from './grafana-dashboard.ts';
import type { PanelSeries, SeriesNames } from './series.ts';
import type { Panel } from './view.ts';

/** How a data source of Grafana is asked. */
export interface GrafanaLanguage {
  readonly datasource: 'prometheus' | 'influxdb' | 'grafana-azure-monitor-datasource';
  readonly names: SeriesNames;
  /** The queries of one metric of a panel, bound to the variables that are named like these row labels. */
  targets(panel: Panel, series: PanelSeries, variables: readonly string[]): readonly GrafanaQuery[];
  /** The query of a variable's values: those of a row label of a series, bound to the variables before it. Undefined = it is written by hand. */
  readonly values:
    | ((series: PanelSeries, level: Panel['level'], key: string, before: readonly string[]) => string)
    | undefined;
  /** What the choice of all values stands for in a query. */
  readonly everything: string;
}

type Without<T> = T extends unknown ? Omit<T, 'refId' | 'datasource'> : never;
export type GrafanaQuery = Without<GrafanaTarget>;
