import type { ClusterAddress } from './cluster-process.ts';
import type { ClusterShape } from './cluster-shape.ts';

/** What a job is about; each takes what it needs. */
export interface JobSettings {
  readonly shape: ClusterShape;
  /** Where the generator answers; jobs that need no network ignore it. */
  readonly address?: ClusterAddress;
  /** File with the generator's certificate. */
  readonly caFile?: string;
  /** `HEAPLESS_*` beside the source. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One step's time: the clock's distance from this machine's, moved on before every step. */
export interface StepTime {
  readonly offset: number;
}

/** Something to be measured again and again in one warm process. */
export interface Job {
  /** What belongs to a step but not into its time. */
  prepare?(time: StepTime): Promise<void>;
  /** The measured part. Returns what it saw, for figures and checks; throws if it did not do all of its work. */
  run(time: StepTime): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export type OpenJob = (settings: JobSettings) => Promise<Job>;

/** One measured step. */
export interface Measure {
  /** CPU of all threads of the process. */
  readonly cpuMillis: number;
  readonly wallMillis: number;
  /** Largest resident set of the process so far. */
  readonly peakRssBytes: number;
  readonly seen: Readonly<Record<string, number>>;
}

export type JobName = 'floor' | 'tick' | 'sharded' | 'parse' | 'decode' | 'rates' | 'totals' | 'pods';

export type JobOrder =
  | { readonly order: 'open'; readonly job: JobName; readonly settings: JobSettings }
  | { readonly order: 'step'; readonly time: StepTime; readonly profileTo?: string };
