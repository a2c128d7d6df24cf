import type { Level } from '../../core/level.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { DimensionKeys } from './dimension-rules.ts';

/** What the sink's pure parts need of its options. */
export interface AzureMonitorSettings {
  readonly dialect: Dialect;
  /** Beginning of the metric namespaces; `/LEVEL` follows. */
  readonly namespace: string;
  /** Value of `cluster_name` in place of the batch's. */
  readonly clusterName: string | undefined;
  readonly dimensions: Readonly<Record<Level, DimensionKeys>>;
  /** `statistics`: totals come with count, minimum and maximum of their pods; `value`: as one value. */
  readonly totals: 'statistics' | 'value';
  readonly delivery: 'at-least-once' | 'at-most-once';
  /** Names of counters that are exported although Azure Monitor has none. */
  readonly counters: ReadonlySet<string>;
}
