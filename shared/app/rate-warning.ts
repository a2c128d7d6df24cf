import { type Millis, SECOND } from '../core/units.ts';
import type { ShardRequest } from '../fanout/invoker.ts';
import { MOST_NODES_OF_ONE_LIST } from './most-nodes-of-one-list.ts';
import type { SourceRuntime } from './source-runtime.ts';
import { startDelay } from './start-delay.ts';

/**
 * A warning if the cluster's limit of requests lets nodes wait until scraping ends: shards that divide the limit, one after
 * the other where they are more than run at once, with a Summary and a list of pods for each node. Bytes are not known before.
 */
export function rateWarning(
  requests: readonly Pick<ShardRequest, 'nodes' | 'parallel' | 'route'>[],
  {
    source: { guest, startJitter },
    inline,
    scraping,
  }: {
    readonly source: Pick<SourceRuntime, 'startJitter'> & { readonly guest: Pick<SourceRuntime['guest'], 'timeFor'> };
    /** True if one process runs all shards. */
    readonly inline: boolean;
    /** Time until scraping ends. */
    readonly scraping: Millis;
  },
): string | undefined {
  if (requests.some(({ route }) => route === 'metrics-api')) return undefined;
  const sizes = requests.map(({ nodes }) => nodes.length);
  const nodes = sizes.reduce((sum, size) => sum + size, 0);
  const parallel = requests[0]?.parallel ?? 1;
  const turns = inline ? nodes : Math.ceil(sizes.length / parallel) * Math.max(0, ...sizes);
  const perNode = sizes.length === 1 || (inline && nodes <= MOST_NODES_OF_ONE_LIST) ? 1 : 2;
  const needed =
    guest.timeFor(turns * perNode, parallel) + startDelay({ longest: startJitter, parallel, scraping, random: 1 });
  if (needed < scraping) return undefined;
  return (
    `max_requests_per_sec is too low for ${nodes} nodes: asking them takes ${Math.ceil(needed / SECOND)} s, and scraping ends ` +
    `after ${Math.floor(scraping / SECOND)} s; raise it${sizes.length > parallel && !inline ? ', or HEAPLESS_SHARD_CONCURRENCY' : ''}`
  );
}
