import { LEVELS, type Level } from '../../shared/core/level.ts';
import { METRICS } from '../../shared/core/metrics.ts';
import type { GrafanaDashboard, GrafanaItem, GrafanaPanel, GrafanaVariable } from './grafana-dashboard.ts';
import type { GrafanaLanguage } from './grafana-language.ts';
import { grafanaUnit } from './grafana-unit.ts';
import { exportedView, panelSeries } from './panel-series.ts';
import type { PanelSeries } from './series.ts';
import { type Drawing, IDENTITY, type Panel, type View } from './view.ts';

const COLUMNS = 24;
const HEIGHT = 8;
const WIDTH: Readonly<Record<Drawing, number>> = { lines: 12, area: 12, numbers: 6 };
const DATASOURCE = 'datasource';

const VARIABLE_LABELS: Readonly<Record<string, string>> = {
  cluster_name: 'Cluster',
  namespace_name: 'Namespace',
  workload_name: 'Workload',
  grouping: 'Grouping',
  nodename: 'Node',
};

/**
 * Views as one Grafana dashboard: a row for each view, and a folded one for the rest of its metrics. Import it as it is; the
 * data source is chosen at the top, so that one file serves every workspace.
 */
export function grafanaDashboardOf(views: readonly View[], language: GrafanaLanguage): GrafanaDashboard {
  const exported = views.flatMap((view) => exportedView(language.names, view) ?? []);
  const filters = [...new Set(exported.flatMap((view) => view.filters))];
  const only = exported.length === 1 ? exported[0] : undefined;
  return {
    uid: only === undefined ? 'heapless' : `heapless-${only.id}`,
    title: only === undefined ? 'Heapless' : `Heapless: ${only.title}`,
    description: 'Made by `heapless dashboards` from the catalog of metrics and the names of the sink.',
    tags: ['heapless', 'kubernetes'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '1m',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [
        { type: 'datasource', name: DATASOURCE, label: 'Data source', hide: 0, query: language.datasource },
        ...filters.flatMap((key) => variableOf(language, key, filters) ?? []),
      ],
    },
    panels: itemsOf(exported, language),
  };
}

function itemsOf(views: readonly View[], language: GrafanaLanguage): readonly GrafanaItem[] & GrafanaItem[] {
  const items: GrafanaItem[] = [];
  let id = 1;
  let y = 0;
  const row = (title: string, panels: readonly Panel[], view: View, collapsed: boolean): void => {
    if (panels.length === 0) return;
    const rowId = id++;
    const placed = place(panels, y + 1).map(({ panel, ...gridPos }) => drawn(panel, gridPos, view, language, id++));
    const end = placed.reduce((most, { gridPos }) => Math.max(most, gridPos.y + gridPos.h), y + 1);
    items.push({
      type: 'row',
      id: rowId,
      title,
      collapsed,
      gridPos: { h: 1, w: COLUMNS, x: 0, y },
      panels: collapsed ? placed : [],
    });
    if (!collapsed) items.push(...placed);
    y = collapsed ? y + 1 : end;
  };
  for (const [index, view] of views.entries()) {
    row(view.title, view.panels, view, index > 0);
    row(`${view.title}: more metrics`, view.rest, view, true);
  }
  return items;
}

type Place = GrafanaPanel['gridPos'];

/** Panels from left to right, in rows of one height. */
function place(panels: readonly Panel[], top: number): readonly (Place & { readonly panel: Panel })[] {
  let x = 0;
  let y = top;
  return panels.map((panel) => {
    const w = WIDTH[panel.drawing];
    if (x + w > COLUMNS) {
      x = 0;
      y += HEIGHT;
    }
    const at = { panel, h: HEIGHT, w, x, y };
    x += w;
    return at;
  });
}

function drawn(panel: Panel, gridPos: Place, view: View, language: GrafanaLanguage, id: number): GrafanaPanel {
  const datasource = { type: language.datasource, uid: `\${${DATASOURCE}}` };
  const series = panelSeries(language.names, panel);
  const variables = view.filters.filter((key) => IDENTITY[panel.level].includes(key));
  const common = {
    id,
    title: panel.title,
    gridPos,
    datasource,
    targets: series
      .flatMap((one) => language.targets(panel, one, variables))
      .map((target, at) => ({ refId: referenceOf(at), datasource, ...target })),
  };
  const unit = grafanaUnit(series[0] as PanelSeries);
  const axis = { unit, min: 0, ...(panel.max === undefined ? {} : { max: panel.max }) };
  if (panel.drawing === 'numbers') {
    return {
      type: 'stat',
      ...common,
      fieldConfig: { defaults: axis, overrides: [] },
      options: {
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        graphMode: 'area',
        colorMode: 'value',
        textMode: 'value_and_name',
      },
    };
  }
  const area = panel.drawing === 'area';
  return {
    type: 'timeseries',
    ...common,
    fieldConfig: {
      defaults: {
        ...axis,
        custom: {
          fillOpacity: area ? 30 : 0,
          showPoints: 'never',
          spanNulls: false,
          stacking: { mode: area ? 'normal' : 'none', group: 'A' },
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

/** A, …, Z, AA, AB, … */
function referenceOf(at: number): string {
  const letter = String.fromCharCode('A'.charCodeAt(0) + (at % 26));
  return at < 26 ? letter : `${referenceOf(Math.floor(at / 26) - 1)}${letter}`;
}

/** A choice at the top, filled from the first exported series whose rows have the label. */
function variableOf(language: GrafanaLanguage, key: string, all: readonly string[]): GrafanaVariable | undefined {
  const { names } = language;
  const hasLabel = (level: Level): boolean => IDENTITY[level].includes(key) && names.label(key, level) !== undefined;
  for (const level of LEVELS.filter(hasLabel)) {
    for (const metric of METRICS) {
      const series = metric.levels.includes(level) ? names.series(metric, level) : undefined;
      if (series === undefined) continue;
      if (language.values === undefined) return written(key, language.everything);
      const before = all.slice(0, all.indexOf(key)).filter((one) => IDENTITY[level].includes(one));
      const query = language.values({ ...series, metric, rate: false }, level, key, before);
      return {
        type: 'query',
        name: key,
        label: VARIABLE_LABELS[key] ?? key,
        hide: 0,
        refresh: 2,
        datasource: { type: language.datasource, uid: `\${${DATASOURCE}}` },
        definition: query,
        query: language.datasource === 'prometheus' ? { query, refId: 'Values' } : query,
        sort: 1,
        includeAll: true,
        multi: key !== 'cluster_name',
        allValue: language.everything,
      };
    }
  }
  return undefined;
}

/** A choice that is written by hand; everything until somebody does. */
function written(key: string, everything: string): GrafanaVariable {
  const current = { text: everything, value: everything };
  return {
    type: 'textbox',
    name: key,
    label: VARIABLE_LABELS[key] ?? key,
    hide: 0,
    query: everything,
    current,
    options: [{ selected: true, ...current }],
  };
}
