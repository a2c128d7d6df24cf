import { METRICS, metricByKey, SAMPLE_CLOCKS, type Unit } from '../core/metrics.ts';
import { COUNTER_COLUMNS } from '../state/counters.ts';

/** One rate of the catalog with everything that is looked up by name, looked up. */
export interface RateEntry {
  /** Metric ids. */
  readonly rate: number;
  readonly counter: number;
  /** Index in `SAMPLE_CLOCKS`. */
  readonly sampled: number;
  /** Indexes in `COUNTER_COLUMNS`: the counter, the sample time of its block, its own sample time. */
  readonly value: number;
  readonly clock: number;
  readonly at: number;
  /** Rate = scale × difference ÷ milliseconds. */
  readonly scale: number;
  /** Above this a rate is implausible. */
  readonly limit: number;
  /** Above this a plausible rate is the noise of one-second sample times, and is this. */
  readonly cap: number;
}

/** More cores than any machine has: the bound where the node's capacity is not known. */
export const MOST_MILLICORES = 4_096_000;
/** Bytes or events a second of one entity: twice the fastest network of any machine on sale. */
const MOST_PER_SECOND = 1e12;
/** Two samples that are 2 s apart may be stamped 1 s apart. */
const MOST_SHARE = 2;

function bounds(unit: Unit): Pick<RateEntry, 'limit' | 'cap'> {
  if (unit === 'm{cpu}') return { limit: MOST_MILLICORES, cap: Number.POSITIVE_INFINITY };
  if (unit === '1') return { limit: MOST_SHARE, cap: 1 };
  return { limit: MOST_PER_SECOND, cap: Number.POSITIVE_INFINITY };
}

/** All rates of the catalog. */
export const RATE_TABLE: readonly RateEntry[] = METRICS.flatMap((metric) => {
  if (metric.rate === undefined) return [];
  const counter = metricByKey(metric.rate.of);
  if (counter.clock === undefined) throw new RangeError(`the counter ${counter.key} has no sample clock`);
  return [
    {
      rate: metric.id,
      counter: counter.id,
      sampled: SAMPLE_CLOCKS.indexOf(counter.clock),
      value: COUNTER_COLUMNS.indexOf(counter.key),
      clock: COUNTER_COLUMNS.indexOf(`sampled:${counter.clock}`),
      at: COUNTER_COLUMNS.indexOf(`at:${counter.key}`),
      scale: metric.rate.scale,
      ...bounds(metric.unit),
    },
  ];
});

/** Indexes in `COUNTER_COLUMNS` of the start time and of the sample times, by `SAMPLE_CLOCKS`. */
export const START_COLUMN: number = COUNTER_COLUMNS.indexOf('start');
export const CLOCK_COLUMNS: readonly number[] = SAMPLE_CLOCKS.map((clock) =>
  COUNTER_COLUMNS.indexOf(`sampled:${clock}`),
);
