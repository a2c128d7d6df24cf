import type { PanelSeries, SeriesNames } from './series.ts';
import type { Panel } from './view.ts';

/** `label="value"` or `label=~"expression"`. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '=~';
  readonly value: string;
}

const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A label's name in PromQL; names that are not its own are quoted, as Prometheus 3 and its kin take them. */
export function promLabel(name: string): string {
  return PLAIN_LABEL.test(name) ? name : JSON.stringify(name);
}

/** A selector: `name{label="value"}`; names that PromQL has no word for are matched by `__name__`. */
export function selector(name: string, matchers: readonly Matcher[]): string {
  const plain = PLAIN_METRIC.test(name);
  const all = plain ? matchers : [{ label: '__name__', operator: '=', value: name } as const, ...matchers];
  const text = all
    .map(({ label, operator, value }) => `${promLabel(label)}${operator}${JSON.stringify(value)}`)
    .join(',');
  return `${plain ? name : ''}${text === '' ? '' : `{${text}}`}`;
}

/**
 * The query of one metric of a panel. Rows are summed where totals are sums over pods, else the largest counts; of counters
 * the rate is taken over `window`.
 */
export function promQuery(
  panel: Panel,
  series: PanelSeries,
  names: SeriesNames,
  { filters, window }: { readonly filters: readonly Matcher[]; readonly window: string },
): string {
  const only = Object.entries(panel.only).map(
    ([key, values]): Matcher => ({ label: names.ownLabel(key), operator: '=~', value: values.join('|') }),
  );
  const fixed = series.labels.map(([label, value]): Matcher => ({ label, operator: '=', value }));
  const selected = selector(series.name, [...fixed, ...filters, ...only]);
  const read = series.rate ? `rate(${selected}[${window}])` : selected;
  const grouped = panel.by === undefined ? read : `${reducer(panel, series)}${grouping(panel, names)} (${read})`;
  return panel.top === undefined ? grouped : `topk(${panel.top}, ${grouped})`;
}

function grouping(panel: Panel, names: SeriesNames): string {
  const labels = lineLabels(panel, names);
  return labels.length === 0 ? '' : ` by (${labels.map(promLabel).join(', ')})`;
}

/** Names of the labels that tell a panel's lines apart. */
export function lineLabels({ by, split, level }: Panel, names: SeriesNames): readonly string[] {
  return [...(by ?? []).flatMap((key) => names.label(key, level) ?? []), ...split.map((key) => names.ownLabel(key))];
}

/** Values that add up: totals, counts and what a panel does not tell apart; else the largest. */
export function reducer(panel: Panel, { metric }: PanelSeries): 'sum' | 'max' {
  return metric.summed || Object.keys(panel.only).length > 0 || metric.unit === 'By/s' ? 'sum' : 'max';
}
