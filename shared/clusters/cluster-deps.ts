import type { ConfigNotice } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';

/** What connecting to a cluster needs of the machine. */
export interface ClusterDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A file's text; rejects with the system's error (`ENOENT` …). */
  readonly readFile: (path: string) => Promise<string>;
  readonly clock: Clock;
  readonly notice: (notice: ConfigNotice) => void;
}
