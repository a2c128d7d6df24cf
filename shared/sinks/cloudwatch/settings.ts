import type { Dialect } from '../../dialects/dialect.ts';
import type { DimensionRules } from './dimensions.ts';

/** What the sink's pure parts need of its options. */
export interface CloudWatchSettings {
  readonly dialect: Dialect;
  /** CloudWatch namespace. */
  readonly namespace: string;
  /** Value of `ClusterName` in place of the batch's. */
  readonly clusterName: string | undefined;
  readonly dimensions: DimensionRules;
  /** Seconds: 60, or 1 for high resolution. */
  readonly storageResolution: 1 | 60;
  /** `statistics`: totals with count, minimum and maximum are statistic sets; `value`: plain numbers. */
  readonly totals: 'statistics' | 'value';
  readonly delivery: 'at-least-once' | 'at-most-once';
  /** Most different numbers in a datum; more become a statistic set. */
  readonly maxValues: number;
  /** Names of counters that are exported although CloudWatch has none. */
  readonly counters: ReadonlySet<string>;
}
