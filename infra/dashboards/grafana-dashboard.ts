import * as z from 'zod';

/**
 * The part of a Grafana dashboard (schema version 39, Grafana 11 and later) that we write, with what Grafana does not forgive:
 * unique ids, a grid of 24 columns, panels of a collapsed row inside of it.
 * https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/, read 2026-11-24.
 */
const gridPos = z.strictObject({
  h: z.int().min(1),
  w: z.int().min(1).max(24),
  x: z.int().min(0).max(23),
  y: z.int().min(0),
});

const DATASOURCES = ['prometheus', 'influxdb', 'grafana-azure-monitor-datasource'] as const;
const datasource = z.strictObject({ type: z.enum(DATASOURCES), uid: z.string().min(1) });

const refId = z.stringFormat('reference', /^[A-Z]{1,2}$/);

const promTarget = z.strictObject({
  refId,
  datasource,
  expr: z.string().min(1),
  legendFormat: z.string(),
  range: z.literal(true),
  editorMode: z.literal('code'),
});

const influxTarget = z.strictObject({
  refId,
  datasource,
  query: z.string().min(1),
  rawQuery: z.literal(true),
  resultFormat: z.literal('time_series'),
  alias: z.string(),
});

/** #AzureMonitorQuery and #AzureMetricQuery of the data source's own schema (dataquery.cue of Grafana, read 2026-11-28). */
const azureTarget = z.strictObject({
  refId,
  datasource,
  queryType: z.literal('Azure Monitor'),
  subscription: z.string().min(1),
  azureMonitor: z.strictObject({
    resources: z
      .array(
        z.strictObject({
          subscription: z.string().min(1),
          resourceGroup: z.string().min(1),
          metricNamespace: z.string().includes('/'),
          resourceName: z.string().min(1),
          region: z.string().optional(),
        }),
      )
      .readonly(),
    metricNamespace: z.string().includes('/'),
    customNamespace: z.string().min(1),
    metricName: z.string().min(1),
    aggregation: z.enum(['Total', 'Maximum']),
    timeGrain: z.literal('PT1M'),
    dimensionFilters: z
      .array(
        z.strictObject({
          dimension: z.string().min(1),
          operator: z.literal('eq'),
          filters: z.array(z.string().min(1)).min(1).readonly(),
        }),
      )
      .readonly(),
    top: z.stringFormat('number', /^\d+$/),
    alias: z.string(),
  }),
});

const fieldConfig = z.strictObject({
  defaults: z.strictObject({
    unit: z.string().min(1),
    min: z.number().optional(),
    max: z.number().optional(),
    custom: z
      .strictObject({
        fillOpacity: z.number(),
        showPoints: z.enum(['never', 'auto', 'always']),
        spanNulls: z.boolean(),
        stacking: z.strictObject({ mode: z.enum(['none', 'normal']), group: z.string() }),
      })
      .optional(),
  }),
  overrides: z.array(z.never()),
});

const drawn = {
  id: z.int().min(1),
  title: z.string().min(1),
  description: z.string().optional(),
  gridPos,
  datasource,
  targets: z
    .array(z.union([promTarget, influxTarget, azureTarget]))
    .min(1)
    .max(26 * 27),
  fieldConfig,
};

const lines = z.strictObject({
  type: z.literal('timeseries'),
  ...drawn,
  options: z.strictObject({
    legend: z.strictObject({
      displayMode: z.enum(['list', 'table']),
      placement: z.enum(['bottom', 'right']),
      showLegend: z.boolean(),
    }),
    tooltip: z.strictObject({ mode: z.enum(['single', 'multi']), sort: z.enum(['none', 'asc', 'desc']) }),
  }),
});

const numbers = z.strictObject({
  type: z.literal('stat'),
  ...drawn,
  options: z.strictObject({
    reduceOptions: z.strictObject({ calcs: z.array(z.string()), fields: z.string(), values: z.boolean() }),
    graphMode: z.enum(['none', 'area']),
    colorMode: z.enum(['none', 'value', 'background']),
    textMode: z.enum(['auto', 'value_and_name']),
  }),
});

const drawnPanel = z.discriminatedUnion('type', [lines, numbers]);

const row = z.strictObject({
  type: z.literal('row'),
  id: z.int().min(1),
  title: z.string().min(1),
  collapsed: z.boolean(),
  gridPos,
  panels: z.array(drawnPanel),
});

const chosen = {
  name: z.stringFormat('variable name', /^\w+$/),
  label: z.string().min(1),
  hide: z.literal(0),
  refresh: z.literal(2),
};

const variable = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('datasource'),
    name: z.string().min(1),
    label: z.string().min(1),
    hide: z.literal(0),
    query: z.enum(DATASOURCES),
  }),
  z.strictObject({
    type: z.literal('textbox'),
    name: chosen.name,
    label: chosen.label,
    hide: chosen.hide,
    query: z.string().min(1),
    current: z.strictObject({ text: z.string(), value: z.string() }),
    options: z.array(z.strictObject({ selected: z.boolean(), text: z.string(), value: z.string() })),
  }),
  z.strictObject({
    type: z.literal('query'),
    ...chosen,
    datasource,
    definition: z.string().min(1),
    query: z.union([z.string(), z.strictObject({ query: z.string().min(1), refId: z.string() })]),
    sort: z.literal(1),
    includeAll: z.boolean(),
    multi: z.boolean(),
    allValue: z.string().nullable(),
  }),
]);

const shape = z.strictObject({
  uid: z.stringFormat('uid', /^[a-zA-Z0-9_-]{1,40}$/),
  title: z.string().min(1),
  description: z.string(),
  tags: z.array(z.string()),
  schemaVersion: z.literal(39),
  editable: z.boolean(),
  graphTooltip: z.literal(1),
  refresh: z.string(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  timezone: z.literal('browser'),
  templating: z.strictObject({ list: z.array(variable) }),
  panels: z.array(z.union([drawnPanel, row])),
});

/** Ids are unique, also inside of rows; nothing leaves the grid; only collapsed rows hold panels. */
export const grafanaDashboard = shape.superRefine(({ panels }, context) => {
  const all = panels.flatMap((panel) => (panel.type === 'row' ? [panel, ...panel.panels] : [panel]));
  const ids = new Set<number>();
  for (const panel of all) {
    const { x, w } = panel.gridPos;
    if (ids.has(panel.id)) context.addIssue({ code: 'custom', message: `two panels have the id ${panel.id}` });
    if (x + w > 24) context.addIssue({ code: 'custom', message: `panel ${panel.id} leaves the grid` });
    if (panel.type === 'row' && !panel.collapsed && panel.panels.length > 0) {
      context.addIssue({ code: 'custom', message: `the open row ${panel.id} has panels inside` });
    }
    ids.add(panel.id);
  }
});

export type GrafanaDashboard = z.infer<typeof shape>;
export type GrafanaItem = GrafanaDashboard['panels'][number];
export type GrafanaPanel = Exclude<GrafanaItem, { readonly type: 'row' }>;
export type GrafanaTarget = GrafanaPanel['targets'][number];
export type GrafanaVariable = GrafanaDashboard['templating']['list'][number];
