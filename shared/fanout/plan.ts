import { HOUR, type Millis, type UnixMillis } from '../core/units.ts';
import type { GoneNode, Shard, ShardPlan } from './shard-plan.ts';

/**
 * Divides nodes into shards of at most `shardSize`, moving as few nodes as can be: a node stays in the shard that has
 * its counters, and a shard that gets a node from another one inherits that one's counters until it has answered once.
 * Pure; the same nodes and the same previous plan give the same plan.
 */
export function planShards(nodes: readonly string[], previous: ShardPlan | undefined, shardSize: number): ShardPlan {
  const sorted = [...new Set(nodes)].sort();
  const count = Math.ceil(sorted.length / shardSize);
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  const home = homes(previous);
  const members = new Map(names.map((name) => [name, [] as string[]]));
  const homeless: string[] = [];
  for (const node of sorted) {
    const at = members.get(home.get(node) ?? '');
    if (at !== undefined && at.length < shardSize) at.push(node);
    else homeless.push(node);
  }
  const inherit = new Map(names.map((name) => [name, new Set(shardOf(previous, name)?.inherit ?? [])]));
  let at = 0;
  for (const node of homeless) {
    while ((members.get(names[at] ?? '')?.length ?? shardSize) >= shardSize && at < names.length) at++;
    const name = names[at] ?? 's0';
    members.get(name)?.push(node);
    const from = home.get(node);
    if (from !== undefined && from !== name) addInherited(inherit.get(name), previous, from);
  }
  return {
    version: 1,
    shards: names.map((name) => ({
      name,
      nodes: members.get(name)?.sort() ?? [],
      inherit: [...(inherit.get(name) ?? [])].filter((from) => from !== name).sort(),
    })),
  };
}

/** How long a node that is gone is remembered: as long as its counters are of use. */
const REMEMBERED: Millis = HOUR;

/** The plan with the nodes that are gone since the previous one, and those that went before and did not return. */
export function rememberGone(plan: ShardPlan, previous: ShardPlan | undefined, timestamp: UnixMillis): ShardPlan {
  const here = new Set(plan.shards.flatMap((shard) => shard.nodes));
  const before = previous?.gone ?? [];
  const leaving = (previous?.shards ?? []).flatMap((shard) =>
    shard.nodes.map((name): GoneNode => ({ name, shard: shard.name, since: timestamp })),
  );
  const gone = [...before, ...leaving]
    .filter(({ name, since }) => !here.has(name) && timestamp - since <= REMEMBERED)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return gone.length === 0 ? plan : { ...plan, gone };
}

/** The plan after a tick: what answered has its own counters now and inherits no more. */
export function settlePlan(plan: ShardPlan, answered: ReadonlySet<string>): ShardPlan {
  return {
    ...plan,
    shards: plan.shards.map((shard) => (answered.has(shard.name) ? { ...shard, inherit: [] } : shard)),
  };
}

/** Shards whose counters nobody needs any more: in the previous plan, not in this one, and inherited by none. */
export function retiredShards(previous: ShardPlan | undefined, plan: ShardPlan): readonly string[] {
  const needed = new Set([
    ...plan.shards.flatMap((shard) => [shard.name, ...shard.inherit]),
    ...(plan.gone ?? []).map(({ shard }) => shard),
  ]);
  const known = new Set([
    ...(previous?.shards ?? []).flatMap((shard) => [shard.name, ...shard.inherit]),
    ...(previous?.gone ?? []).map(({ shard }) => shard),
  ]);
  return [...known].filter((name) => !needed.has(name));
}

function homes(plan: ShardPlan | undefined): ReadonlyMap<string, string> {
  return new Map([
    ...(plan?.gone ?? []).map(({ name, shard }) => [name, shard] as const),
    ...(plan?.shards ?? []).flatMap((shard) => shard.nodes.map((node) => [node, shard.name] as const)),
  ]);
}

function shardOf(plan: ShardPlan | undefined, name: string): Shard | undefined {
  return plan?.shards.find((shard) => shard.name === name);
}

/** The shard that a node comes from, and those whose counters that one has not taken over yet. */
function addInherited(inherit: Set<string> | undefined, previous: ShardPlan | undefined, from: string): void {
  inherit?.add(from);
  for (const older of shardOf(previous, from)?.inherit ?? []) inherit?.add(older);
}
