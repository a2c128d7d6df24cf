import { once } from '../core/once.ts';
import type { UnixMillis } from '../core/units.ts';
import * as z from '../core/zod.ts';

const shardPlan = once(() =>
  z.object({
    version: z.literal(1),
    shards: z.array(z.object({ name: z.string(), nodes: z.array(z.string()), inherit: z.array(z.string()) })),
    gone: z.optional(z.array(z.object({ name: z.string(), shard: z.string(), since: z.number() }))),
  }),
);

/** Nodes of one scrape invocation, and the shards whose counters hold earlier samples of some of them. */
export interface Shard {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly inherit: readonly string[];
}

/** A node that was in an earlier plan and is in the node list no more. */
export interface GoneNode {
  readonly name: string;
  /** The shard that has its counters. */
  readonly shard: string;
  /** Stamp of the first tick without it. */
  readonly since: UnixMillis;
}

/** Which node is in which shard. Kept between ticks, so that a node's counters stay where they are. */
export interface ShardPlan {
  readonly version: 1;
  readonly shards: readonly Shard[];
  /** For an hour after they went: they may return, and find their counters. */
  readonly gone?: readonly GoneNode[] | undefined;
}

/** A plan as it was stored; undefined if it is not one (another version, damaged): then all shards start anew. */
export function parseShardPlan(body: Uint8Array): ShardPlan | undefined {
  try {
    const parsed = shardPlan().safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
