import type { Clock } from '../core/clock.ts';
import type { ShardInvoker } from '../fanout/invoker.ts';
import type { Reducer } from '../fanout/reducer.ts';

/** What a platform gives: environment, secrets, where output goes, and how to reach its other functions. */
export interface Platform {
  /** `local`, `aws`, …: names the holder of claims. */
  readonly name: string;
  /** State store if none is configured. */
  readonly defaultState: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly readFile: (path: string) => Promise<string>;
  /** The value of `${secret:NAME}`. */
  readonly readSecret: (name: string) => Promise<string>;
  /** Output of sinks that write to the terminal. */
  readonly write: (text: string) => void;
  readonly writeLog: (line: string) => void;
  /** Runs shards elsewhere; undefined = in this process. */
  readonly shardInvoker?: ShardInvoker | undefined;
  /** Runs the reduction elsewhere; undefined = in this process. */
  readonly reducer?: Reducer | undefined;
}
