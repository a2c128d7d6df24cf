import type { Level } from '../../shared/core/level.ts';
import type { MetricDescriptor, ValueType } from '../../shared/core/metrics.ts';

/** A grouping's text, which is the value of its dimension `Grouping`, and the names of all its dimensions. */
export interface Grouping {
  readonly text: string;
  readonly dimensions: readonly string[];
}

/** What a dashboard is made for: one `cloudwatch:` sink and the groupings of the configuration. */
export interface DashboardTarget {
  readonly namespace: string;
  /** Region of the sink. */
  readonly region: string;
  /** True if totals are sent as statistic sets, whose sum is the total. */
  readonly statisticSets: boolean;
  /** True if the sink calls PutMetricData, and so needs the right to. */
  readonly callsApi: boolean;
  /** Names of the dimensions of a level's rows. */
  readonly dimensions: (level: Level) => readonly string[];
  /** Name of the dimension of a row's label or of a value's own label. */
  readonly dimensionOf: (key: string) => string;
  readonly groupings: readonly Grouping[];
  /** Whether the sink exports a metric on rows of a level. */
  readonly exports: (metric: MetricDescriptor, level: Level) => boolean;
  /** Name of a metric there; undefined = it has none. */
  readonly nameOf: (metric: MetricDescriptor, level: Level) => string | undefined;
  /** Labels that the metric's values always have, by the keys that `dimensionOf` takes. */
  readonly labelsOf: (metric: MetricDescriptor, level: Level) => readonly (readonly [key: string, value: string])[];
  /** Unit of the values there (UCUM), before CloudWatch's own. */
  readonly unitOf: (metric: MetricDescriptor, level: Level) => { readonly unit: string; readonly valueType: ValueType };
  /** Value there = value of the catalog × this. */
  readonly scaleOf: (metric: MetricDescriptor, level: Level) => number;
  /** The functions whose own numbers are shown, and where they are. */
  readonly functions: {
    readonly region: string;
    readonly names: readonly { readonly label: string; readonly name: string }[];
  };
}
