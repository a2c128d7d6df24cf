import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import { keepShape } from '../core/keep-shape.ts';
import { labelIndex } from '../core/labels.ts';
import type { PodMeta } from './pod-meta.ts';

/** The pods that the API server knows. */
export interface PodIndex {
  /** The pod of a name that is bound to a node. */
  onNode(node: string, namespace: string, name: string): PodMeta | undefined;
  /** The pod with a uid that was bound to no node when it was listed. */
  unbound(uid: string): PodMeta | undefined;
  /** Pods that are bound to a node; empty if there are none, or if they could not be listed. */
  ofNode(node: string): readonly PodMeta[];
}

const NO_PODS: readonly PodMeta[] = [];
const NODE_NAME = labelIndex('nodename');
const NAMESPACE = labelIndex('namespace_name');
const POD_NAME = labelIndex('pod_name');
const POD_ID = labelIndex('pod_id');

/**
 * A class, so that code that was compiled for it outlives a tick. Names are indexed for one node at a time: rows come node by node, and
 * an index of all names would have an entry for each pod of the cluster through the whole tick.
 */
class IndexedPods implements PodIndex {
  readonly #byNode = new Map<string, PodMeta[]>();
  readonly #unbound = new Map<string, PodMeta>();
  readonly #names = new Map<string, PodMeta>();
  /** The node whose pods `#names` has. */
  #named: string | undefined;

  constructor(pods: Iterable<PodMeta>) {
    for (const pod of pods) this.#add(pod);
  }

  onNode(node: string, namespace: string, name: string): PodMeta | undefined {
    if (node !== this.#named) this.#nameThoseOf(node);
    const pod = this.#names.get(name);
    if (pod === undefined || pod.namespace === namespace) return pod;
    // Another namespace has a pod of this name on this node.
    return this.ofNode(node).find((one) => one.name === name && one.namespace === namespace);
  }

  unbound(uid: string): PodMeta | undefined {
    return this.#unbound.get(uid);
  }

  ofNode(node: string): readonly PodMeta[] {
    return this.#byNode.get(node) ?? NO_PODS;
  }

  #add(pod: PodMeta): void {
    if (pod.nodeName === undefined) {
      if (pod.uid !== undefined) this.#unbound.set(pod.uid, pod);
      return;
    }
    const bound = this.#byNode.get(pod.nodeName);
    if (bound === undefined) this.#byNode.set(pod.nodeName, [pod]);
    else bound.push(pod);
  }

  #nameThoseOf(node: string): void {
    this.#named = node;
    this.#names.clear();
    for (const pod of this.ofNode(node)) this.#names.set(pod.name, pod);
  }
}

export function createPodIndex(pods: Iterable<PodMeta>): PodIndex {
  keepShape(IndexedPods, () => new IndexedPods([]));
  return new IndexedPods(pods);
}

/**
 * The pod object of a pod row: by namespace and name among those of its node, as a static pod has another uid in the summary than in the
 * API server; one that was not bound yet when pods were listed by its uid. A pod of that name on another node is the replacement
 * of one that is gone.
 */
export function podOfRow(builder: MetricBatchBuilder, index: PodIndex, row: number): PodMeta | undefined {
  const table = builder.table('pod');
  const { strings } = builder;
  const node = strings.get(table.getLabel(NODE_NAME, row));
  const namespace = strings.get(table.getLabel(NAMESPACE, row));
  const name = strings.get(table.getLabel(POD_NAME, row));
  if (node === undefined || namespace === undefined || name === undefined) return undefined;
  const pod = index.onNode(node, namespace, name);
  if (pod !== undefined) return pod;
  const uid = strings.get(table.getLabel(POD_ID, row));
  const unbound = uid === undefined ? undefined : index.unbound(uid);
  return unbound?.namespace === namespace && unbound.name === name ? unbound : undefined;
}
