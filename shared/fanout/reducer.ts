import type { Deadline } from '../core/deadline.ts';
import type { QuotaShare } from '../core/quota-share.ts';
import type { SinkReport } from '../delivery/report.ts';
import type { PartialTable } from './partial.ts';

/** The four tables of totals, shard by shard or merged. */
export interface TotalTables {
  readonly cluster: PartialTable;
  readonly namespace: PartialTable;
  readonly workload: PartialTable;
  readonly group: PartialTable;
}

/** What the reduce invocation is asked to do: finish the merged totals and export them. JSON; times in Unix ms. */
export interface ReduceRequest {
  readonly version: 1;
  /** Index of the source in the configuration. */
  readonly source: number;
  readonly timestamp: number;
  /** Absolute end of the invocation. */
  readonly endBy: number;
  /** Keys of what waits for sinks from earlier ticks and is the reduction's to send. */
  readonly backlog?: readonly string[];
  /** True if an earlier run of this tick did not finish: what must not be sent twice is not sent. */
  readonly repeated?: boolean;
  /** Identities of sinks that rest in this tick: they get nothing of it. */
  readonly resting?: readonly string[];
  /** Of the quotas of sinks. Absent = all. */
  readonly quota?: QuotaShare;
  /** Namespace name → uid. */
  readonly namespaceIds: Readonly<Record<string, string>>;
  readonly totals: TotalTables;
}

/** One row of the totals as people read it. Values by metric key; what is absent is left out. */
export interface TotalRow {
  readonly level: 'cluster' | 'namespace' | 'workload' | 'group';
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, number>>;
}

export interface ReduceResult {
  readonly version: 1;
  readonly timestamp: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly points: number;
  readonly sinks: readonly SinkReport[];
  /** The cluster, its namespaces and label groups, the largest first; at most 100 of each level. */
  readonly view: readonly TotalRow[];
  readonly stages: Readonly<Record<string, number>>;
  /** Trouble that lost no value. */
  readonly warnings?: readonly string[];
  readonly peakRssBytes: number;
}

/** Runs the reduction somewhere: in this process, or in a function of its own. Rejects if nothing came back in time. */
export interface Reducer {
  reduce(request: ReduceRequest, deadline: Deadline): Promise<ReduceResult>;
}
