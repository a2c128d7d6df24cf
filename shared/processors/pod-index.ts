import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { labelIndex } from '../core/labels.ts';
import type { PodMeta } from './pod-meta.ts';

/** The pods that the API server knows. */
export interface PodIndex {
  find(namespace: string, name: string): PodMeta | undefined;
  /** Pods that are bound to a node; empty if there are none, or if they could not be listed. */
  ofNode(node: string): readonly PodMeta[];
}

const NO_PODS: readonly PodMeta[] = [];
const NODE_NAME = labelIndex('nodename');
const NAMESPACE = labelIndex('namespace_name');
const POD_NAME = labelIndex('pod_name');
const POD_ID = labelIndex('pod_id');

export function createPodIndex(pods: Iterable<PodMeta>): PodIndex {
  const byNamespace = new Map<string, Map<string, PodMeta>>();
  for (const pod of pods) {
    let byName = byNamespace.get(pod.namespace);
    if (byName === undefined) {
      byName = new Map();
      byNamespace.set(pod.namespace, byName);
    }
    byName.set(pod.name, pod);
  }
  const byNode = new Map<string, PodMeta[]>();
  for (const byName of byNamespace.values()) {
    for (const pod of byName.values()) {
      if (pod.nodeName === undefined) continue;
      const bound = byNode.get(pod.nodeName);
      if (bound === undefined) byNode.set(pod.nodeName, [pod]);
      else bound.push(pod);
    }
  }
  return {
    find: (namespace, name) => byNamespace.get(namespace)?.get(name),
    ofNode: (node) => byNode.get(node) ?? NO_PODS,
  };
}

/**
 * The pod object of a pod row, by namespace and name: a static pod has another uid in the summary than in the API server.
 * A pod object on another node is joined only if the uid is the same; else it is the replacement of a pod that is gone.
 */
export function podOfRow(builder: MetricBatchBuilder, index: PodIndex, row: number): PodMeta | undefined {
  const table = builder.table('pod');
  const { strings } = builder;
  const namespace = strings.get(table.getLabel(NAMESPACE, row));
  const name = strings.get(table.getLabel(POD_NAME, row));
  if (namespace === undefined || name === undefined) return undefined;
  const pod = index.find(namespace, name);
  if (pod === undefined) return undefined;
  const here = pod.nodeName !== undefined && pod.nodeName === strings.get(table.getLabel(NODE_NAME, row));
  return here || pod.uid === strings.get(table.getLabel(POD_ID, row)) ? pod : undefined;
}
