import type { Dialect } from '../../dialects/dialect.ts';

/** What the encoder needs of the options. */
export interface ElasticsearchSettings {
  readonly dialect: Dialect;
  /** Indices are `<index>-YYYY.MM.DD`. */
  readonly index: string;
  /** Major version of the server: up to 5 it has a type per family, 6 one type, from 7 on none. */
  readonly version: number;
  /** Label `cluster_name` in place of the batch's. */
  readonly clusterName: string | undefined;
}
