import type { Deadline } from '../core/deadline.ts';
import type { ShardInvoker } from '../fanout/invoker.ts';
import { type ListedPods, listPods } from './pod-lists.ts';
import type { Runtime } from './runtime.ts';
import { PODS_SHARE, runScrape } from './scrape.ts';
import type { SourceRuntime } from './source-runtime.ts';

/** Up to so many nodes one list of all pods is cheaper for both sides; beyond, it is more than an API server should make at once. */
const MOST_NODES_OF_ONE_LIST = 1_000;

/** Runs shards in this process. They share one list of the cluster's pods, if it is not too large, in half the time until `deadline`. */
export function createInlineInvoker(
  runtime: Runtime,
  source: SourceRuntime,
  { nodes, deadline }: { readonly nodes: number; readonly deadline: Deadline },
): ShardInvoker {
  let pods: Promise<ListedPods> | undefined;
  const list = async (): Promise<ListedPods> => {
    using listing = deadline.within(deadline.remaining() * PODS_SHARE);
    const client = await source.client(listing);
    return await listPods(client, { node: undefined, labels: runtime.config.labels, deadline: listing });
  };
  return {
    invoke(request, by) {
      if (nodes <= MOST_NODES_OF_ONE_LIST) pods ??= list();
      return runScrape(runtime, request, { deadline: by, pods });
    },
  };
}
