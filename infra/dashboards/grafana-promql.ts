import type { GrafanaLanguage } from './grafana-language.ts';
import { lineLabels, type Matcher, promLabel, promQuery, selector } from './promql.ts';
import type { PanelSeries, SeriesNames } from './series.ts';
import type { Panel } from './view.ts';

/** PromQL: Prometheus, Mimir, Thanos, VictoriaMetrics, the managed services for Prometheus of AWS, Azure and Google. */
export function grafanaPromql(names: SeriesNames): GrafanaLanguage {
  const filters = (variables: readonly string[], level: Panel['level']): readonly Matcher[] =>
    variables.flatMap((key): readonly Matcher[] => {
      const label = names.label(key, level);
      return label === undefined ? [] : [{ label, operator: '=~', value: `$${key}` }];
    });
  return {
    datasource: 'prometheus',
    names,
    everything: '.*',
    targets: (panel, series, variables) => [
      {
        expr: promQuery(panel, series, names, {
          filters: filters(variables, panel.level),
          window: '$__rate_interval',
        }),
        legendFormat: legend(panel, series, names),
        range: true,
        editorMode: 'code',
      },
    ],
    values(series, level, key, before) {
      const fixed = series.labels.map(([label, value]): Matcher => ({ label, operator: '=', value }));
      const selected = selector(series.name, [...fixed, ...filters(before, level)]);
      return `label_values(${selected}, ${promLabel(names.label(key, level) ?? key)})`;
    },
  };
}

function legend(panel: Panel, { metric }: PanelSeries, names: SeriesNames): string {
  if (panel.by === undefined) return '__auto';
  const labels = lineLabels(panel, names).map((label) => `{{${label}}}`);
  const own = panel.metrics.length > 1 || labels.length === 0 ? [metric.name, ...Object.values(metric.own)] : [];
  return [...labels, ...own].join(' ');
}
