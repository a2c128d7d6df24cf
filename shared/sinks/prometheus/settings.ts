import type { Dialect } from '../../dialects/dialect.ts';

/** Versions of the remote write protocol. */
export const VERSIONS = ['1.0', '2.0'] as const;
export type RemoteWriteVersion = (typeof VERSIONS)[number];

/** How a batch becomes remote write requests. */
export interface RemoteWriteSettings {
  readonly version: RemoteWriteVersion;
  readonly dialect: Dialect;
  /** Labels of every series that does not have them itself. */
  readonly external: readonly (readonly [name: string, value: string])[];
  /** Most series in a request. */
  readonly maxPoints: number;
  /** Most bytes of a request before compression. */
  readonly maxBytes: number;
}
