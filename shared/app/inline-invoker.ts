import type { Deadline } from '../core/deadline.ts';
import type { ShardInvoker } from '../fanout/invoker.ts';
import type { KubeUsage } from '../kube/client.ts';
import { MOST_NODES_OF_ONE_LIST } from './most-nodes-of-one-list.ts';
import { type ListedPods, listPods } from './pod-lists.ts';
import type { Runtime } from './runtime.ts';
import { kubeletsSince, PODS_SHARE, runScrape, usageSince } from './scrape.ts';
import type { SourceRuntime } from './source-runtime.ts';

/** What was counted when the last shard was told. */
interface Told {
  api: KubeUsage;
  kubelets: KubeUsage;
}

/**
 * Runs shards in this process. They share one list of the cluster's pods, if it is not too large, in half the time until
 * `deadline`. They share the client too, so each is told what was asked since the last one was: each request counts once.
 */
export function createInlineInvoker(
  runtime: Runtime,
  source: SourceRuntime,
  { nodes, deadline }: { readonly nodes: number; readonly deadline: Deadline },
): ShardInvoker {
  let pods: Promise<ListedPods> | undefined;
  let told: Told | undefined;
  const list = async (): Promise<ListedPods> => {
    using listing = deadline.within(deadline.remaining() * PODS_SHARE);
    const client = await source.client(listing);
    return await listPods(client, { node: undefined, labels: runtime.config.labels, deadline: listing });
  };
  return {
    async invoke(request, by) {
      const client = await source.client(by);
      told ??= { api: client.usage(), kubelets: source.kubelets() };
      if (nodes <= MOST_NODES_OF_ONE_LIST) pods ??= list();
      const { kubelets: _, ...partial } = await runScrape(runtime, request, { deadline: by, pods });
      const before = told;
      told = { api: client.usage(), kubelets: source.kubelets() };
      return {
        ...partial,
        apiServer: usageSince(before.api, told.api),
        ...kubeletsSince(before.kubelets, told.kubelets),
      };
    },
  };
}
