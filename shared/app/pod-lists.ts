import type { LabelSettings } from '../config/config.ts';
import type { Deadline } from '../core/deadline.ts';
import type { KubeClient } from '../kube/client.ts';
import type { PodObject } from '../kube/types.ts';
import { createPodIndex, type PodIndex } from '../processors/pod-index.ts';
import { digestPod } from '../processors/pod-meta.ts';

/** The pods of a node as the API server knows them; undefined if they could not be listed. */
export interface PodLists {
  of(node: string): Promise<PodIndex | undefined>;
}

/**
 * Lists pods for a shard: all of the cluster once if the shard holds the whole cluster, else those of each node
 * (`spec.nodeName`). A list that fails costs labels, requests and completeness, not usage; it is warned about once.
 */
export function createPodLists(
  client: KubeClient,
  options: {
    readonly whole: boolean;
    readonly labels: LabelSettings;
    readonly deadline: Deadline;
    readonly warn: (warning: string) => void;
    readonly fault: (name: string) => void;
  },
): PodLists {
  const list = async (node: string | undefined): Promise<PodIndex | undefined> => {
    const result = await client.listPods({ node, deadline: options.deadline });
    if (result.status === 'ok') return indexOf(result.value, options.labels);
    options.fault('pod_list_failed');
    options.warn(`pods could not be listed (${result.reason}), labels and requests are missing: ${result.message}`);
    return undefined;
  };
  if (!options.whole) return { of: list };
  const all = list(undefined);
  return { of: () => all };
}

function indexOf(pods: readonly PodObject[], labels: LabelSettings): PodIndex {
  return createPodIndex(pods.flatMap((pod) => digestPod(pod, labels) ?? []));
}
