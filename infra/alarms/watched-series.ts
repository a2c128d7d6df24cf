import type { Level } from '../../shared/core/level.ts';
import { metricByKey } from '../../shared/core/metrics.ts';
import { type PanelSeries, type SeriesNames, seriesOf } from '../dashboards/series.ts';
import { IDENTITY, type Panel } from '../dashboards/view.ts';
import type { AlarmRule, Bound } from './alarm-rule.ts';

/** One bound of a rule at a backend. */
export interface Watched {
  readonly bound: Bound;
  readonly level: Level;
  readonly series: PanelSeries;
  readonly divisor: PanelSeries | undefined;
  /** The bound in the unit that the backend has. */
  readonly threshold: number;
  /** As a panel: what the queries of dashboards are made from. */
  readonly panel: Panel;
}

/**
 * What a rule watches at a backend: the first of its levels at which the sink exports anything of it. Empty = the sink exports
 * nothing that the rule could see. `divides` is false for consoles that cannot divide.
 */
export function watchedSeries(names: SeriesNames, rule: AlarmRule, divides: boolean): readonly Watched[] {
  const bounds = divides ? rule.bounds : (rule.undivided ?? rule.bounds);
  for (const level of rule.levels) {
    const watched = bounds.flatMap((bound) => watch(names, rule, bound, level) ?? []);
    if (watched.length > 0) return watched;
  }
  return [];
}

function watch(names: SeriesNames, rule: AlarmRule, bound: Bound, level: Level): Watched | undefined {
  const series = seriesAt(names, bound.metric, level);
  const divisor = bound.divisor === undefined ? undefined : seriesAt(names, bound.divisor, level);
  if (series === undefined || (bound.divisor !== undefined && divisor === undefined)) return undefined;
  const panel: Panel = {
    title: rule.title,
    level,
    metrics: [bound.metric],
    by: rule.by.filter((label) => IDENTITY[level].includes(label)),
    split: [],
    only: rule.only,
    drawing: 'lines',
    top: undefined,
    max: undefined,
  };
  const scale = divisor === undefined ? series.scale : 1;
  return { bound, level, series, divisor, threshold: bound.threshold * scale, panel };
}

function seriesAt(names: SeriesNames, key: string, level: Level): PanelSeries | undefined {
  const metric = metricByKey(key);
  const counter = metric.rate === undefined ? undefined : metricByKey(metric.rate.of);
  return metric.levels.includes(level) ? seriesOf(names, metric, level, counter) : undefined;
}
