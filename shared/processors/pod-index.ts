import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { keepShape } from '../core/keep-shape.ts';
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

/** A class, so that code that was compiled for it outlives a tick. */
class IndexedPods implements PodIndex {
  readonly #byNamespace = new Map<string, Map<string, PodMeta>>();
  readonly #byNode = new Map<string, PodMeta[]>();

  constructor(pods: Iterable<PodMeta>) {
    for (const pod of pods) this.#add(pod);
    for (const byName of this.#byNamespace.values()) for (const pod of byName.values()) this.#bind(pod);
  }

  find(namespace: string, name: string): PodMeta | undefined {
    return this.#byNamespace.get(namespace)?.get(name);
  }

  ofNode(node: string): readonly PodMeta[] {
    return this.#byNode.get(node) ?? NO_PODS;
  }

  #add(pod: PodMeta): void {
    const byName = this.#byNamespace.get(pod.namespace);
    if (byName === undefined) this.#byNamespace.set(pod.namespace, new Map([[pod.name, pod]]));
    else byName.set(pod.name, pod);
  }

  #bind(pod: PodMeta): void {
    if (pod.nodeName === undefined) return;
    const bound = this.#byNode.get(pod.nodeName);
    if (bound === undefined) this.#byNode.set(pod.nodeName, [pod]);
    else bound.push(pod);
  }
}

export function createPodIndex(pods: Iterable<PodMeta>): PodIndex {
  keepShape(IndexedPods, () => new IndexedPods([]));
  return new IndexedPods(pods);
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
