import { ConfigError } from '../../shared/core/errors.ts';
import type { Level } from '../../shared/core/level.ts';
import type { CloudMonitoringDashboard, Tile, TimeSeriesQuery, Widget } from './cloud-monitoring-dashboard.ts';
import { exportedView, panelSeries } from './panel-series.ts';
import { lineLabels } from './promql.ts';
import type { PanelSeries, SeriesNames } from './series.ts';
import { IDENTITY, type Panel, type View } from './view.ts';

const COLUMNS = 48;
const WIDTH = 24;
const HEIGHT = 16;
const HEADER = 4;
/** Most widgets of a dashboard. https://cloud.google.com/monitoring/quotas, read 2026-11-24 */
export const MAX_WIDGETS = 100;

/**
 * Views as one dashboard of Cloud Monitoring. Its filters are chosen at the top and bind every graph that has the label; the
 * rest of a view's metrics is in a folded group. Throws `ConfigError` if there are more graphs than a dashboard may have.
 */
export function cloudMonitoringDashboard(views: readonly View[], names: SeriesNames): CloudMonitoringDashboard {
  const exported = views.flatMap((view) => exportedView(names, view) ?? []);
  const only = exported.length === 1 ? exported[0] : undefined;
  const tiles = tilesOf(exported, names);
  if (tiles.length > MAX_WIDGETS) {
    const problem = `makes ${tiles.length} widgets, more than the ${MAX_WIDGETS} of a dashboard; make one for each --view`;
    throw new ConfigError([{ where: 'dashboards', problem }]);
  }
  return {
    displayName: only === undefined ? 'Heapless' : `Heapless: ${only.title}`,
    labels: { heapless: '' },
    dashboardFilters: filtersOf(exported, names),
    mosaicLayout: { columns: COLUMNS, tiles },
  };
}

/** One filter for each label that the views' filters are called by. */
function filtersOf(views: readonly View[], names: SeriesNames): CloudMonitoringDashboard['dashboardFilters'] {
  const labels = new Set<string>();
  for (const view of views) {
    for (const { level } of [...view.panels, ...view.rest]) {
      for (const key of view.filters.filter((one) => IDENTITY[level].includes(one))) {
        const label = names.label(key, level);
        if (label !== undefined) labels.add(label);
      }
    }
  }
  return [...labels].map((label) => {
    const [kind, , labelKey = ''] = label.split('.');
    return { filterType: kind === 'resource' ? 'RESOURCE_LABEL' : 'METRIC_LABEL', labelKey };
  });
}

function tilesOf(views: readonly View[], names: SeriesNames): readonly Tile[] {
  const tiles: Tile[] = [];
  let y = 0;
  const grid = (panels: readonly Panel[]): void => {
    for (const [index, panel] of panels.entries()) {
      const column = index % (COLUMNS / WIDTH);
      tiles.push({ xPos: column * WIDTH, yPos: y, width: WIDTH, height: HEIGHT, widget: chart(panel, names) });
      if (column === COLUMNS / WIDTH - 1 || index === panels.length - 1) y += HEIGHT;
    }
  };
  const across = (height: number, at: number, widget: Widget): Tile => ({
    xPos: 0,
    yPos: at,
    width: COLUMNS,
    height,
    widget,
  });
  for (const { title, panels, rest } of views) {
    tiles.push(across(HEADER, y, { title, sectionHeader: { subtitle: '', dividerBelow: true } }));
    y += HEADER;
    grid(panels);
    if (rest.length === 0) continue;
    const from = y;
    grid(rest);
    // A group holds the tiles that lie on it.
    tiles.push(across(y - from, from, { title: `${title}: more metrics`, collapsibleGroup: { collapsed: true } }));
  }
  return tiles;
}

function chart(panel: Panel, names: SeriesNames): Widget {
  const series = panelSeries(names, panel);
  return {
    title: panel.title,
    xyChart: {
      dataSets: series.map((one) => ({
        timeSeriesQuery: cloudMonitoringQuery(panel, one, names),
        plotType: panel.drawing === 'area' ? 'STACKED_AREA' : 'LINE',
        legendTemplate: legend(panel, one, names),
      })),
      chartOptions: { mode: 'COLOR' },
    },
  };
}

/** The query of one metric of a panel. Counters are read by their rate, those of restarts by their growth. */
export function cloudMonitoringQuery(panel: Panel, series: PanelSeries, names: SeriesNames): TimeSeriesQuery {
  const groupByFields = panel.by === undefined ? [] : lineLabels(panel, names);
  const { metric } = series;
  const summed = metric.summed || Object.keys(panel.only).length > 0 || series.rate || metric.unit === 'By';
  return {
    timeSeriesFilter: {
      filter: seriesFilter(series, panel, names),
      aggregation: {
        alignmentPeriod: '60s',
        perSeriesAligner: series.rate ? (metric.unit === '1' ? 'ALIGN_DELTA' : 'ALIGN_RATE') : 'ALIGN_MEAN',
        crossSeriesReducer: panel.by === undefined ? 'REDUCE_NONE' : summed ? 'REDUCE_SUM' : 'REDUCE_MAX',
        groupByFields,
      },
      ...(panel.top === undefined
        ? {}
        : { pickTimeSeriesFilter: { rankingMethod: 'METHOD_MEAN', numTimeSeries: panel.top, direction: 'TOP' } }),
    },
  };
}

/** The filter of a series: its type, resource and labels. */
export function seriesFilter(
  { name, labels }: Pick<PanelSeries, 'name' | 'labels'>,
  { only }: Pick<Panel, 'only'>,
  names: SeriesNames,
): string {
  const choices = Object.entries(only).map(
    ([key, values]) => `${names.ownLabel(key)}=one_of(${values.map((value) => JSON.stringify(value)).join(',')})`,
  );
  const all = [['metric.type', name] as const, ...labels];
  return [...all.map(([key, value]) => `${key}=${JSON.stringify(value)}`), ...choices].join(' AND ');
}

function legend(panel: Panel, { metric }: PanelSeries, names: SeriesNames): string {
  const level: Level = panel.level;
  const by = panel.by ?? IDENTITY[level];
  const labels = lineLabels({ ...panel, by }, names).map((label) => `\${${label.replace('.label.', '.labels.')}}`);
  return [...labels, ...(panel.metrics.length > 1 || labels.length === 0 ? [metric.name] : [])].join(' ');
}
