import type { UnixMillis } from '../core/units.ts';
import type { SinkReport } from '../delivery/report.ts';
import type { MergedPartial } from '../fanout/merge.ts';
import type { NodeOutcome } from '../fanout/partial.ts';
import type { ReduceResult } from '../fanout/reducer.ts';
import type { ShardResult } from '../fanout/scatter.ts';
import type { RightsRoute } from '../kube/route-rights.ts';
import type { ClusterObjects } from './list-cluster.ts';
import { mergeSinkReports } from './merge-sink-reports.ts';
import type { SourceRuntime } from './source-runtime.ts';
import type { TickReport, TickResult, TickStatus } from './tick-report.ts';

/** A tick that came to nothing or was somebody else's. */
export function emptyResult(tick: {
  readonly source: SourceRuntime;
  readonly timestamp: UnixMillis;
  readonly status: 'nothing' | 'skipped';
  readonly reason: string;
  readonly warnings?: readonly string[];
  readonly lag: number;
  readonly total: number;
}): TickResult {
  const report: TickReport = {
    cluster: tick.source.cluster,
    source: tick.source.uri.shown,
    timestamp: tick.timestamp,
    status: tick.status,
    reason: tick.reason,
    nodes: { planned: 0, answered: 0, failed: 0, late: 0, reasons: {} },
    shards: { planned: 0, answered: 0 },
    rows: {},
    points: 0,
    rates: { computed: 0, fallback: 0, reset: 0 },
    sinks: [],
    faults: {},
    warnings: tick.warnings ?? [],
    stages: { total: tick.total },
    lag: tick.lag,
    apiServer: { requests: 0, bytes: 0, retries: 0, peakInFlight: 0 },
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
  return { report, nodes: [], view: [], backlogKnown: false, resting: [] };
}

export interface FinishedTick {
  readonly route: RightsRoute;
  readonly source: SourceRuntime;
  readonly timestamp: UnixMillis;
  readonly started: UnixMillis;
  readonly ended: UnixMillis;
  readonly listed: ClusterObjects;
  readonly results: readonly ShardResult[];
  readonly merged: MergedPartial;
  readonly reduced: ReduceResult | { readonly failed: string };
  readonly stages: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly backlogKnown: boolean;
  readonly resting: readonly string[];
}

/** The report of a tick. Every planned node is in it once: answered, failed or late. */
export function reportTick(tick: FinishedTick): TickResult {
  const { merged, reduced, results, listed } = tick;
  const nodes = [...merged.nodes, ...results.flatMap(nodesOfLostShard)];
  const reduction = 'failed' in reduced ? undefined : reduced;
  const sinks = mergeSinkReports([...merged.sinks, ...(reduction?.sinks ?? [])]);
  const count = (status: NodeOutcome['status']): number => nodes.filter((node) => node.status === status).length;
  const lostShards = results.flatMap((r) =>
    r.status === 'answered' ? [] : [`shard ${r.request.shard}: ${r.message}`],
  );
  const report: TickReport = {
    cluster: tick.source.cluster,
    source: tick.source.uri.shown,
    timestamp: tick.timestamp,
    route: tick.route,
    status: statusOf(nodes, sinks, reduction !== undefined),
    nodes: {
      planned: listed.nodes.length,
      answered: count('answered'),
      failed: count('failed'),
      late: count('late'),
      reasons: reasonsOf(nodes),
    },
    shards: { planned: results.length, answered: results.filter((r) => r.status === 'answered').length },
    rows: { ...merged.rows, ...reduction?.rows },
    points: merged.points + (reduction?.points ?? 0),
    rates: merged.rates,
    sinks,
    faults: merged.faults,
    warnings: [
      ...listed.warnings,
      ...tick.warnings,
      ...lostShards,
      ...merged.warnings,
      ...('failed' in reduced ? [reduced.failed] : (reduced.warnings ?? [])),
    ],
    stages: { ...tick.stages, ...merged.stages, ...reduction?.stages, total: tick.ended - tick.started },
    lag: tick.started - tick.timestamp,
    apiServer: {
      requests: merged.apiServer.requests + listed.usage.requests,
      bytes: merged.apiServer.bytes + listed.usage.bytes,
      retries: merged.apiServer.retries + listed.usage.retries,
      peakInFlight: Math.max(merged.apiServer.peakInFlight, listed.usage.peakInFlight),
      ...(listed.usage.skew === undefined ? {} : { skew: listed.usage.skew }),
    },
    ...(merged.kubelets !== undefined && { kubelets: merged.kubelets }),
    peakRssBytes: Math.max(merged.peakRssBytes, reduction?.peakRssBytes ?? 0),
  };
  return { report, nodes, view: reduction?.view ?? [], backlogKnown: tick.backlogKnown, resting: tick.resting };
}

function nodesOfLostShard(result: ShardResult): readonly NodeOutcome[] {
  if (result.status === 'answered') return [];
  const { status, message } = result;
  const reason = status === 'late' ? 'late' : 'shard_failed';
  return result.request.nodes.map((node) => ({
    node: node.name,
    status,
    reason,
    message,
    millis: 0,
    bytes: 0,
    pods: 0,
  }));
}

function reasonsOf(nodes: readonly NodeOutcome[]): Readonly<Record<string, number>> {
  const reasons: Record<string, number> = {};
  for (const { status, reason } of nodes) {
    if (status !== 'answered') reasons[reason ?? status] = (reasons[reason ?? status] ?? 0) + 1;
  }
  return reasons;
}

function statusOf(nodes: readonly NodeOutcome[], sinks: readonly SinkReport[], reduced: boolean): TickStatus {
  if (!nodes.some((node) => node.status === 'answered')) return 'nothing';
  const lost = sinks.some((sink) => sink.rejected + sink.dropped + sink.spilled > 0);
  return reduced && !lost && nodes.every((node) => node.status === 'answered') ? 'whole' : 'partial';
}
