/** Heapster's two resource models: `gke_container`, and `k8s_container`, `k8s_pod`, `k8s_node`. */
export type ModelName = 'old' | 'new';

/** What the sink's pure parts need of its options. */
export interface StackdriverSettings {
  /** Resource models whose series are sent; with both, a value of a pod or node is sent twice. */
  readonly models: readonly ModelName[];
  /** Prefix of all metric types, with its slash; `google` = Heapster's own: `container.googleapis.com/`, `kubernetes.io/`. */
  readonly prefix: string;
  /** Value of `cluster_name` in place of the batch's. */
  readonly clusterName: string | undefined;
  /** Values of the resource label `location` (new model, totals) and `zone` (old model). */
  readonly location: string;
  readonly zone: string;
}
