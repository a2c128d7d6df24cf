import type { Dialect } from '../../dialects/dialect.ts';

/** What the encoder needs of the options. */
export interface KafkaSettings {
  readonly dialect: Dialect;
  /** Label `cluster_name` in place of the batch's. */
  readonly clusterName: string | undefined;
  readonly delivery: 'at-least-once' | 'at-most-once';
}
