import type { QuotaShare } from '../core/quota-share.ts';
import type { Runtime } from './runtime.ts';

/** Of what may go at once, so much is for all shards; the totals and the tick's own numbers have half of the rest each. */
const SHARDS_BURST = 0.5;
const OTHER_BURST = 0.25;

/** How the parts of a tick share the quotas of its sinks. Undefined = one process does all, and its buckets are common. */
export interface QuotaShares {
  shard(index: number): QuotaShare | undefined;
  readonly totals: QuotaShare | undefined;
}

/**
 * The shares of one source's tick. Functions do not talk with each other, so what is divided is what is known before: every
 * source of the deployment may be at work at once and has the same part; in it, shards come first and divide the rate among
 * those that run at once, then the totals have all of it. What may go at once is divided among all, for each may be a new
 * process with a full bucket.
 */
export function quotaShares({ platform, sources, config }: Runtime, shards: number): QuotaShares {
  if (platform.shardInvoker === undefined && platform.reducer === undefined) {
    return { shard: () => undefined, totals: undefined };
  }
  const all = Math.max(1, shards);
  const parallel = platform.shardInvoker === undefined ? all : Math.min(all, config.shardConcurrency);
  const part = 1 / Math.max(1, sources.length);
  return {
    shard: (index) => ({
      rate: part / parallel,
      burst: (part * SHARDS_BURST) / all,
      turn: (index % parallel) / parallel,
    }),
    totals: { rate: part, burst: part * OTHER_BURST, turn: 0 },
  };
}
