import type { UnixMillis } from '../core/units.ts';
import type { SinkReport } from '../delivery/report.ts';
import type { NodeOutcome } from '../fanout/partial.ts';
import type { TotalRow } from '../fanout/reducer.ts';
import type { RightsRoute } from '../kube/route-rights.ts';

/**
 * `whole`: every node answered and every point was delivered. `partial`: something is missing, and the report says what.
 * `nothing`: no node answered. `skipped`: another run has this tick, or has already done it.
 */
export type TickStatus = 'whole' | 'partial' | 'nothing' | 'skipped';

/** One tick of one cluster: what was asked, what came, what went out, what was lost and why. */
export interface TickReport {
  readonly cluster: string;
  /** The source's URI as it may be shown. */
  readonly source: string;
  /** End of the window: the stamp of every point. */
  readonly timestamp: UnixMillis;
  readonly status: TickStatus;
  /** By which way nodes were asked; absent if none was. */
  readonly route?: RightsRoute;
  /** Why the tick was skipped, or why nothing came. */
  readonly reason?: string;
  /** planned = answered + failed + late. */
  readonly nodes: {
    readonly planned: number;
    readonly answered: number;
    readonly failed: number;
    readonly late: number;
    /** Failed and late ones by `FailureReason`. */
    readonly reasons: Readonly<Record<string, number>>;
  };
  readonly shards: { readonly planned: number; readonly answered: number };
  /** Rows by level. */
  readonly rows: Readonly<Record<string, number>>;
  readonly points: number;
  readonly rates: { readonly computed: number; readonly fallback: number; readonly reset: number };
  readonly sinks: readonly SinkReport[];
  /** Oddities that cost a field or a row, by name. */
  readonly faults: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Milliseconds by stage; `total` is the whole tick. Stages of shards are the slowest shard's. */
  readonly stages: Readonly<Record<string, number>>;
  /** Milliseconds from the stamp to the start of the tick. */
  readonly lag: number;
  readonly apiServer: {
    readonly requests: number;
    readonly bytes: number;
    readonly retries: number;
    readonly peakInFlight: number;
    /** Milliseconds by which the API server's clock is ahead of ours. */
    readonly skew?: number;
  };
  /** With route=direct: what kubelets were asked at their own ports. */
  readonly kubelets?: { readonly requests: number; readonly bytes: number; readonly retries: number };
  readonly peakRssBytes: number;
}

/** A report with what only a terminal wants: each node's outcome and the totals as rows. */
export interface TickResult {
  readonly report: TickReport;
  readonly nodes: readonly NodeOutcome[];
  readonly view: readonly TotalRow[];
  /** True if the report tells everything that waits for sinks. */
  readonly backlogKnown: boolean;
  /** Identities of sinks that rest in this tick. */
  readonly resting: readonly string[];
}
