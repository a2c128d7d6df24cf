import { describeError } from '../core/errors.ts';
import type { ShardPlan } from '../fanout/shard-plan.ts';
import { type BacklogPlace, backlogPrefix, backlogSink, readBacklogKey, TOTALS } from '../state/backlog-key.ts';
import type { Runtime } from './runtime.ts';

/** What waits for sinks from earlier ticks: its keys by the shard that is to send it, and under `TOTALS`. */
export interface BacklogList {
  readonly keysOf: (part: string) => readonly string[];
  readonly warnings: readonly string[];
  /** False if nobody knows what waits. */
  readonly known: boolean;
}

/** Nothing waits. */
export const NO_BACKLOG: BacklogList = { keysOf: () => [], warnings: [], known: true };

/** True if any sink can keep points for later. */
export function hasBacklog({ config, sinks }: Pick<Runtime, 'config' | 'sinks'>): boolean {
  const { maxAge, maxBytes } = config.backlog;
  return maxAge > 0 && maxBytes > 0 && sinks.some((sink) => sink.backlog !== undefined);
}

/**
 * Lists the backlog of a cluster and gives every object to one part of this tick: to the shard it came from, else to the
 * one that inherits that shard's nodes, else to the first. Objects of sinks that are no longer configured are told, and
 * deleted when they are too old. Trouble is a warning: the backlog then waits.
 */
export async function listBacklog(
  runtime: Runtime,
  cluster: string,
  plan: ShardPlan,
  signal: AbortSignal,
): Promise<BacklogList> {
  const { store, config, platform, sinks } = runtime;
  let keys: readonly string[];
  try {
    keys = await store.list(backlogPrefix(cluster), signal);
  } catch (error) {
    return {
      ...NO_BACKLOG,
      warnings: [`the backlog could not be listed: ${describeError(error)}; it waits`],
      known: false,
    };
  }
  const configured = new Set(sinks.filter((sink) => sink.backlog !== undefined).map(backlogSink));
  const byPart = new Map<string, string[]>();
  const strays = { points: 0, given: 0 };
  for (const key of keys) {
    const place = readBacklogKey(key);
    if (place === undefined) continue;
    if (configured.has(place.sink)) {
      const part = partFor(place, plan);
      byPart.set(part, [...(byPart.get(part) ?? []), key]);
    } else if (platform.clock.now() - place.timestamp > config.backlog.maxAge) {
      await store.delete(key, undefined, signal).catch(() => undefined);
      strays.given += place.points;
    } else {
      strays.points += place.points;
    }
  }
  const warnings = [
    ...(strays.points > 0 ? [`${strays.points} points wait for a sink that is not configured any more`] : []),
    ...(strays.given > 0 ? [`${strays.given} points of a sink that is not configured any more were given up`] : []),
  ];
  return { keysOf: (part) => byPart.get(part) ?? [], warnings, known: strays.points === 0 };
}

function partFor({ part }: BacklogPlace, plan: ShardPlan): string {
  if (part === TOTALS || plan.shards.some(({ name }) => name === part)) return part;
  const heir = plan.shards.find(({ inherit }) => inherit.includes(part)) ?? plan.shards[0];
  return heir?.name ?? TOTALS;
}
