import type { Dialect } from '../../dialects/dialect.ts';

/** What the pure parts need of the options. */
export interface InfluxSettings {
  readonly dialect: Dialect;
  /** True splits a name at its first slash into measurement and field. */
  readonly withFields: boolean;
  /** Value of the tag `cluster_name` in place of the batch's. */
  readonly clusterName: string | undefined;
  /** `heapster` writes CPU use as whole millicores, as Heapster's databases have it. */
  readonly fieldTypes: 'catalog' | 'heapster';
}
