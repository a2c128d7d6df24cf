import { mergeTables } from './merge-tables.ts';
import type { Partial } from './partial.ts';

/** The shards of a tick as one. It can be merged again. */
export interface MergedPartial extends Partial {
  /** Names of the shards in it, sorted. */
  readonly shards: readonly string[];
}

type Refusal = 'partial_of_other_version' | 'partial_of_other_tick' | 'partial_twice';

/**
 * Adds partials up. The order and grouping of partials do not matter (sums of fractions: shard by shard in the order of
 * names, so the same partials give the same bits). The newest timestamp is the tick's: a partial of another tick or
 * version, or of a shard that is there already, is left out and counted in `faults`. Without partials everything is empty
 * and the timestamp 0. Stages and memory are the slowest and the largest shard's; sink reports stand side by side.
 */
export function mergePartials(partials: readonly Partial[]): MergedPartial {
  const { accepted, refusals } = accept(partials);
  const all = <T>(read: (partial: Partial) => readonly T[]): T[] => accepted.flatMap((partial) => [...read(partial)]);
  const total = (read: (partial: Partial) => number): number => accepted.reduce((sum, p) => sum + read(p), 0);
  const most = (read: (partial: Partial) => number): number => Math.max(0, ...accepted.map(read));
  const shards = all(shardsOf).sort();
  return {
    version: 1,
    timestamp: accepted[0]?.timestamp ?? 0,
    shard: shards.join(','),
    shards,
    cluster: mergeTables(accepted.map((partial) => partial.cluster)),
    namespace: mergeTables(accepted.map((partial) => partial.namespace)),
    workload: mergeTables(accepted.map((partial) => partial.workload)),
    group: mergeTables(accepted.map((partial) => partial.group)),
    nodes: all((partial) => partial.nodes).sort((a, b) => (a.node < b.node ? -1 : 1)),
    rows: mergeRecords(
      accepted.map((partial) => partial.rows),
      sum,
    ),
    points: total((partial) => partial.points),
    rates: {
      computed: total((partial) => partial.rates.computed),
      fallback: total((partial) => partial.rates.fallback),
      reset: total((partial) => partial.rates.reset),
    },
    faults: mergeRecords(
      [...accepted.map((partial) => partial.faults), ...refusals.map((name) => ({ [name]: 1 }))],
      sum,
    ),
    warnings: [...new Set(all((partial) => partial.warnings))].sort(),
    sinks: all((partial) => partial.sinks),
    stages: mergeRecords(
      accepted.map((partial) => partial.stages),
      Math.max,
    ),
    apiServer: {
      requests: total((partial) => partial.apiServer.requests),
      bytes: total((partial) => partial.apiServer.bytes),
      retries: total((partial) => partial.apiServer.retries),
      peakInFlight: most((partial) => partial.apiServer.peakInFlight),
    },
    ...(accepted.some((partial) => partial.kubelets !== undefined) && {
      kubelets: {
        requests: total((partial) => partial.kubelets?.requests ?? 0),
        bytes: total((partial) => partial.kubelets?.bytes ?? 0),
        retries: total((partial) => partial.kubelets?.retries ?? 0),
      },
    }),
    peakRssBytes: most((partial) => partial.peakRssBytes),
  };
}

function shardsOf(partial: Partial & { readonly shards?: readonly string[] }): readonly string[] {
  return partial.shards ?? [partial.shard];
}

/** Partials in the order of their shards, and why others are left out. Of two of one shard the one with more points stays. */
function accept(partials: readonly Partial[]): {
  readonly accepted: readonly Partial[];
  readonly refusals: readonly Refusal[];
} {
  const refusals: Refusal[] = [];
  const readable = partials.filter((partial) => {
    const version: number = partial.version;
    if (version !== 1) refusals.push('partial_of_other_version');
    return version === 1;
  });
  const timestamp = Math.max(...readable.map((partial) => partial.timestamp));
  const seen = new Set<string>();
  const accepted: Partial[] = [];
  for (const partial of readable.toSorted((a, b) => compare(a.shard, b.shard) || b.points - a.points)) {
    const shards = shardsOf(partial);
    if (partial.timestamp !== timestamp) refusals.push('partial_of_other_tick');
    else if (shards.some((shard) => seen.has(shard))) refusals.push('partial_twice');
    else {
      accepted.push(partial);
      for (const shard of shards) seen.add(shard);
    }
  }
  return { accepted, refusals };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sum(a: number, b: number): number {
  return a + b;
}

function mergeRecords(
  records: readonly Readonly<Record<string, number>>[],
  combine: (a: number, b: number) => number,
): Readonly<Record<string, number>> {
  const merged = new Map<string, number>();
  for (const record of records) {
    for (const [key, value] of Object.entries(record)) {
      const known = merged.get(key);
      merged.set(key, known === undefined ? value : combine(known, value));
    }
  }
  return Object.fromEntries([...merged].sort(([a], [b]) => compare(a, b)));
}
