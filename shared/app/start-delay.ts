import type { Millis } from '../core/units.ts';

/** So many others at once, and the whole of the option is used: fewer hit the API server less hard. */
const CROWD = 20;
/** Most of the time for scraping that a shard waits at its start. */
const SCRAPING_SHARE = 0.1;

/**
 * How long a shard waits before its first request, so that `parallel` of them do not all ask in the same moment: at random
 * within `longest`, less where fewer than twenty others run beside it. Nothing for one that runs alone.
 */
export function startDelay({
  longest,
  parallel,
  scraping,
  random,
}: {
  /** `start_jitter_sec`. */
  readonly longest: Millis;
  /** Shards that run at once, this one included. */
  readonly parallel: number;
  /** What is left for scraping. */
  readonly scraping: Millis;
  /** [0, 1). */
  readonly random: number;
}): Millis {
  const crowd = Math.min(1, Math.max(0, parallel - 1) / CROWD);
  return random * Math.min(longest * crowd, scraping * SCRAPING_SHARE);
}
