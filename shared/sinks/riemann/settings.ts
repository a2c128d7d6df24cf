import type { Dialect } from '../../dialects/dialect.ts';

/** What the encoder needs of the options. */
export interface RiemannSettings {
  readonly dialect: Dialect;
  /** Value of the attribute `cluster_name`; undefined = the batch's. */
  readonly clusterName: string | undefined;
  /** Field `host`: the node's host name, or what tells rows apart. */
  readonly host: 'hostname' | 'row';
  /** Seconds. */
  readonly ttl: number;
  readonly state: string;
  readonly tags: readonly string[];
  /** Events in a message. */
  readonly batchSize: number;
}
