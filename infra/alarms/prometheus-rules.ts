import { promQuery } from '../dashboards/promql.ts';
import type { SeriesNames } from '../dashboards/series.ts';
import type { AlarmRule } from './alarm-rule.ts';
import { type Watched, watchedSeries } from './watched-series.ts';

/** A rule file of Prometheus, Mimir and the managed services, which read JSON as they read YAML. */
export interface PrometheusRules {
  readonly groups: readonly {
    readonly name: string;
    readonly interval: string;
    readonly rules: readonly PrometheusRule[];
  }[];
}

export interface PrometheusRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Window of rates: five ticks of a minute. */
const WINDOW = '5m';

export function prometheusRules(rules: readonly AlarmRule[], names: SeriesNames): PrometheusRules {
  return { groups: [{ name: 'heapless', interval: '1m', rules: rules.flatMap((rule) => ofRule(rule, names)) }] };
}

function ofRule(rule: AlarmRule, names: SeriesNames): readonly PrometheusRule[] {
  const watched = watchedSeries(names, rule, true);
  const common = {
    for: `${rule.minutes}m`,
    labels: { severity: rule.severity },
    annotations: { summary: summaryOf(rule, watched[0], names), description: rule.description },
  };
  const alert = alertName(rule.id);
  const bounds = watched.map((one) => ({
    alert,
    expr: alarmExpression(one, names),
    ...common,
    // Rules of one name are told apart by what they look at.
    labels: watched.length === 1 ? common.labels : { ...common.labels, watched: one.bound.metric },
  }));
  const [first] = watched;
  if (!rule.absent || first === undefined) return bounds;
  // Silence is as bad: nobody writes the series any more. One that has ended is not there for `absent`, after five minutes.
  const query = promQuery({ ...first.panel, by: undefined }, first.series, names, { filters: [], window: WINDOW });
  return [...bounds, { alert: `${alert}Absent`, expr: `absent(${query})`, ...common }];
}

/** True while the bound is broken: the value as the panels read it, against the bound in the backend's unit. */
export function alarmExpression({ panel, series, divisor, bound, threshold }: Watched, names: SeriesNames): string {
  const query = (of: typeof series): string => promQuery(panel, of, names, { filters: [], window: WINDOW });
  const value = divisor === undefined ? query(series) : `${query(series)} / ${query(divisor)}`;
  return `${value} ${bound.comparison} ${threshold}`;
}

/** `node-down` → `HeaplessNodeDown`. */
export function alertName(id: string): string {
  return `Heapless${id.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase())}`;
}

function summaryOf({ title, by }: AlarmRule, watched: Watched | undefined, names: SeriesNames): string {
  if (watched === undefined) return title;
  const labels = (watched.panel.by ?? by).flatMap((key) => names.label(key, watched.level) ?? []);
  return `${title}: ${labels.map((label) => `{{ index $labels ${JSON.stringify(label)} }}`).join(' ')}`;
}
