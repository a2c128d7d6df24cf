import type { SinkReport } from '../delivery/report.ts';
import type { FailureReason } from '../kube/client.ts';
import type { TotalColumn } from './total-values.ts';

/** What became of one node in a tick. */
export interface NodeOutcome {
  readonly node: string;
  readonly status: 'answered' | 'failed' | 'late';
  readonly reason?: FailureReason;
  readonly message?: string;
  /** Milliseconds from asking to the end of the answer. */
  readonly millis: number;
  readonly bytes: number;
  readonly pods: number;
}

/**
 * Totals of one level: a row per key, a column per metric. Rows are additive: `mergePartials` adds counts and sums
 * and takes minima and maxima.
 */
export interface PartialTable {
  /** Label keys of the rows. */
  readonly labelKeys: readonly string[];
  /** One array per row, aligned with `labelKeys`; null = absent. */
  readonly labels: readonly (readonly (string | null)[])[];
  /** By metric key: sum, count, min, max by row. */
  readonly metrics: Readonly<Record<string, PartialColumn>>;
}

export interface PartialColumn {
  readonly sum: TotalColumn;
  readonly count: TotalColumn;
  readonly min: TotalColumn;
  readonly max: TotalColumn;
}

/** A shard's result: totals by level, outcomes, and what its own export did. JSON, about 20 KB for 100 nodes. */
export interface Partial {
  readonly version: 1;
  readonly timestamp: number;
  readonly shard: string;
  readonly cluster: PartialTable;
  readonly namespace: PartialTable;
  readonly workload: PartialTable;
  readonly group: PartialTable;
  readonly nodes: readonly NodeOutcome[];
  readonly rows: Readonly<Record<string, number>>;
  readonly points: number;
  /** How the rates came about. */
  readonly rates: { readonly computed: number; readonly fallback: number; readonly reset: number };
  /** Faults that cost something but not the node: fields ignored, duplicates folded, lists that failed, state not saved. */
  readonly faults: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly sinks: readonly SinkReport[];
  readonly stages: Readonly<Record<string, number>>;
  readonly apiServer: {
    readonly requests: number;
    readonly bytes: number;
    readonly retries: number;
    readonly peakInFlight: number;
  };
  /** What kubelets were asked at their own ports, if they were. */
  readonly kubelets?: { readonly requests: number; readonly bytes: number; readonly retries: number };
  readonly peakRssBytes: number;
}
