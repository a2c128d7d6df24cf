import type { LabelSettings } from '../config/config.ts';
import type { Deadline } from '../core/deadline.ts';
import type { SharedDeadlines } from '../core/shared-deadlines.ts';
import type { Millis } from '../core/units.ts';
import type { FailureReason, KubeClient } from '../kube/client.ts';
import { createPodIndex, type PodIndex } from '../processors/pod-index.ts';
import { podReader } from '../processors/pod-meta.ts';

/** Most of the time that is left for one node's list. */
const NODE_SHARE = 0.25;

/** The pods of a node, or of the cluster, as the API server knows them; or why they could not be listed. */
export type ListedPods =
  | { readonly status: 'ok'; readonly index: PodIndex }
  | { readonly status: 'failed'; readonly reason: FailureReason; readonly message: string };

/** The pods of a node as the API server knows them; undefined if they could not be listed. */
export interface PodLists {
  of(node: string): Promise<PodIndex | undefined>;
  /** What is listed without asking for one more node. */
  known(): Promise<PodIndex | undefined>;
}

/** Lists the pods of one node, or of the whole cluster if `node` is undefined. */
export async function listPods(
  client: KubeClient,
  options: { readonly node: string | undefined; readonly labels: LabelSettings; readonly deadline: Deadline },
): Promise<ListedPods> {
  const { node, deadline, labels } = options;
  const result = await client.listPods({ node, deadline, read: podReader(labels) });
  return result.status === 'failed' ? result : { status: 'ok', index: createPodIndex(result.value) };
}

/**
 * The pods of a shard's nodes: from `whole`, a list of the whole cluster, if there is one, else listed node by node
 * (`spec.nodeName`). A list that fails costs labels, requests and completeness, not usage; it is warned about once.
 */
export function createPodLists(
  client: KubeClient,
  options: {
    readonly whole: Promise<ListedPods> | undefined;
    readonly labels: LabelSettings;
    readonly deadline: Deadline;
    /** Those of the lists of nodes, within it. */
    readonly deadlines: SharedDeadlines;
    /** Longest time for the list of one node; less when little is left, so that the nodes that wait get their turn. */
    readonly nodeTimeout: Millis;
    readonly warn: (warning: string) => void;
    readonly fault: (name: string) => void;
  },
): PodLists {
  const indexOf = (listed: ListedPods): PodIndex | undefined => {
    if (listed.status === 'ok') return listed.index;
    options.fault('pod_list_failed');
    options.warn(`pods could not be listed (${listed.reason}), labels and requests are missing: ${listed.message}`);
    return undefined;
  };
  const { whole, labels, nodeTimeout } = options;
  if (whole === undefined) {
    return {
      async of(node) {
        const deadline = options.deadlines.take(Math.min(nodeTimeout, options.deadline.remaining() * NODE_SHARE));
        return indexOf(await listPods(client, { node, labels, deadline }));
      },
      known: async () => undefined,
    };
  }
  const all = whole.then(indexOf);
  return { of: () => all, known: () => all };
}
