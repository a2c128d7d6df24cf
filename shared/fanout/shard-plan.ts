import * as z from 'zod';

const shardPlan = z.object({
  version: z.literal(1),
  shards: z.array(z.object({ name: z.string(), nodes: z.array(z.string()), inherit: z.array(z.string()) })),
});

/** Nodes of one scrape invocation, and the shards whose counters hold earlier samples of some of them. */
export interface Shard {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly inherit: readonly string[];
}

/** Which node is in which shard. Kept between ticks, so that a node's counters stay where they are. */
export interface ShardPlan {
  readonly version: 1;
  readonly shards: readonly Shard[];
}

/** A plan as it was stored; undefined if it is not one (another version, damaged): then all shards start anew. */
export function parseShardPlan(body: Uint8Array): ShardPlan | undefined {
  try {
    const parsed = shardPlan.safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
