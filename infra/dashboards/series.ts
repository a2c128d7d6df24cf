import type { Level } from '../../shared/core/level.ts';
import type { MetricDescriptor } from '../../shared/core/metrics.ts';

/** A metric of a level as a backend has it. */
export interface Series {
  readonly name: string;
  /** UCUM. */
  readonly unit: string;
  /** Labels that tell it from other series of the name: the level's, the value's own. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** Value there = value of the catalog × `scale`. */
  readonly scale: number;
  /** True if the value only grows and is to be read by its rate. */
  readonly rate: boolean;
}

const MILLIS_PER_SECOND = 1_000;

/** What a sink, as configured, calls everything: what queries are made of. */
export interface SeriesNames {
  /** The series of a metric; undefined = the sink does not export it. */
  series(metric: MetricDescriptor, level: Level): Series | undefined;
  /** Name of a row label (`nodename`, `cluster_name`); undefined = rows of that level do not have it there. */
  label(key: string, level: Level): string | undefined;
  /** Name of a label of the value itself (`sink`, `interface`). */
  ownLabel(key: string): string;
}

/** One line (or set of lines) of a panel. */
export interface PanelSeries extends Series {
  readonly metric: MetricDescriptor;
}

/**
 * The series of a metric. A rate that the backend has no name for is read from its counter, if that is there; a counter by
 * its rate, but for the uptime, which is a time.
 */
export function seriesOf(
  names: SeriesNames,
  metric: MetricDescriptor,
  level: Level,
  counter: MetricDescriptor | undefined,
): PanelSeries | undefined {
  const own = names.series(metric, level);
  if (own !== undefined)
    return { ...own, metric, rate: own.rate || (metric.kind === 'cumulative' && metric.name !== 'uptime') };
  const instead = counter === undefined ? undefined : names.series(counter, level);
  if (instead === undefined) return undefined;
  // The rate is by millisecond in the catalog and by second there.
  const scale = (instead.scale * MILLIS_PER_SECOND) / (metric.rate?.scale ?? MILLIS_PER_SECOND);
  return { ...instead, metric, rate: true, scale };
}
