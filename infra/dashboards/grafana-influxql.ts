import type { GrafanaLanguage } from './grafana-language.ts';
import { FIELD_SEPARATOR } from './influx-names.ts';
import { lineLabels, reducer } from './promql.ts';
import type { PanelSeries, SeriesNames } from './series.ts';
import type { Panel } from './view.ts';

/** InfluxQL: InfluxDB 1, and 2 and 3 by their compatible query interfaces. */
export function grafanaInfluxql(names: SeriesNames): GrafanaLanguage {
  const chosen = (variables: readonly string[], level: Panel['level']): readonly string[] =>
    variables.flatMap((key) => {
      const label = names.label(key, level);
      return label === undefined ? [] : [`${identifier(label)} =~ /^$${key}$/`];
    });
  const fixed = ({ labels }: PanelSeries): readonly string[] =>
    labels.map(([label, value]) => `${identifier(label)} = ${text(value)}`);
  return {
    datasource: 'influxdb',
    names,
    everything: '.*',
    targets(panel, series, variables) {
      const only = Object.entries(panel.only).map(
        ([key, values]) => `${identifier(names.ownLabel(key))} =~ /^(${values.join('|')})$/`,
      );
      const where = [...fixed(series), ...chosen(variables, panel.level), ...only, '$timeFilter'].join(' AND ');
      const [measurement = '', field = ''] = series.name.split(FIELD_SEPARATOR);
      const read = series.rate
        ? `non_negative_derivative(mean(${identifier(field)}), 1s)`
        : `mean(${identifier(field)})`;
      const rows = `SELECT ${read} AS "rows" FROM ${identifier(measurement)} WHERE ${where} GROUP BY time($__interval), *`;
      const labels = lineLabels(panel, names);
      const by = panel.by === undefined ? ['*'] : labels.map(identifier);
      const group = ['time($__interval)', ...by].join(', ');
      return [
        {
          query: `SELECT ${reducer(panel, series)}("rows") FROM (${rows}) WHERE $timeFilter GROUP BY ${group} fill(none)`,
          rawQuery: true,
          resultFormat: 'time_series',
          alias: alias(panel, series, labels),
        },
      ];
    },
    values(series, level, key, before) {
      const where = [...fixed(series), ...chosen(before, level)].join(' AND ');
      const [measurement = ''] = series.name.split(FIELD_SEPARATOR);
      const label = identifier(names.label(key, level) ?? key);
      return `SHOW TAG VALUES FROM ${identifier(measurement)} WITH KEY = ${label}${where === '' ? '' : ` WHERE ${where}`}`;
    },
  };
}

function alias(panel: Panel, { metric }: PanelSeries, labels: readonly string[]): string {
  if (panel.by === undefined) return '';
  const own = panel.metrics.length > 1 || labels.length === 0 ? [metric.name, ...Object.values(metric.own)] : [];
  return [...labels.map((label) => `$tag_${label}`), ...own].join(' ');
}

/** A name in double quotes. */
function identifier(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A string in single quotes. */
function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
