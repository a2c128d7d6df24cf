import type { Dialect } from '../../dialects/dialect.ts';
import type { CustomizeLabel } from './label-style.ts';

/** What the encoder needs of the options. */
export interface StatsdSettings {
  readonly dialect: Dialect;
  readonly form: 'etsystatsd' | 'influxstatsd';
  readonly prefix: string;
  /** Tag of the cluster in the Influx form; undefined = none. */
  readonly clusterName: string | undefined;
  readonly customize: CustomizeLabel;
  /** Labels that are written beside the path, by their own names; empty = all. */
  readonly allowed: ReadonlySet<string>;
}
