import type { Clock } from '../../../shared/core/clock.ts';
import type { ApiFault, NodeFault } from './demo-fault.ts';

/** A right of the demo's one user, as `verb resource`: `list nodes`, `get nodes/proxy`. */
export type DemoRight = `${string} ${string}`;

/** The demo cluster's shape. The same options and clock give the same cluster and the same values. */
export interface DemoClusterOptions {
  /** Default 6. */
  readonly nodes?: number;
  /** Pods on each node, daemons included. Default 12. */
  readonly podsPerNode?: number;
  /** Containers of each pod; default as each workload has them (1 or 2). */
  readonly containersPerPod?: number;
  readonly seed?: number;
  readonly clock?: Clock;
  /** How much faster load patterns, jobs, restarts and the kubelets' sampling (10 s) go. Default 1. */
  readonly timeScale?: number;
  /** Time that each answer takes at least. Default 0. */
  readonly latencyMillis?: number;
  /** Faults by node name, or `api`. */
  readonly faults?: Readonly<Record<string, NodeFault | ApiFault>>;
  /** Nodes whose containers restart every five minutes. */
  readonly restarting?: readonly string[];
  /** Default: what the collector needs with the node proxy. */
  readonly rights?: readonly DemoRight[];
  readonly user?: string;
  /** Whether a policy pins the node proxy to the summary. Default true. */
  readonly summaryOnly?: boolean;
  /** Whether metrics-server is there. Default true. */
  readonly metricsApi?: boolean;
  /**
   * Kubelets listen on loopback ports of their own, with certificates of the cluster's authority for their nodes (`cluster`), signed by
   * themselves (`self`) or for other names (`other`). Default: behind the node proxy alone.
   */
  readonly kubelets?: 'cluster' | 'self' | 'other';
  /** Whether `limit` holds for lists from the watch cache (`resourceVersion=0`). Older servers ignore it: default false. */
  readonly pagesFromCache?: boolean;
  /** Most lists served at once; the others get 429. Proxied requests are exempt, as in a real server. Default 360. */
  readonly maxListsInFlight?: number;
  /** Loopback port; default any free one. */
  readonly port?: number;
}

/** What the demo API server counted. */
export interface DemoUsage {
  readonly requests: number;
  readonly connections: number;
  readonly peakInFlight: number;
  readonly requestsByPath: ReadonlyMap<string, number>;
}

/** A running demo cluster on loopback: strict TLS API server, kubelets behind its node proxy. */
export interface DemoCluster {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  /** Bearer token of the collector; changes with `rotateToken`. */
  readonly token: string;
  /** A kubeconfig document (YAML) for the collector. */
  kubeconfig(): string;
  usage(): DemoUsage;
  /** Port of a node's kubelet on loopback, and what kubelets were asked there: `METHOD path`. */
  kubeletPort(node: string): number | undefined;
  readonly kubeletRequests: readonly string[];
  nodeNames(): readonly string[];
  /** `namespace/name` of the pods that are on a node now. */
  podsOf(node: string): readonly string[];
  /** Sets or clears the fault of a node, or of the API server (`api`). Throws `RangeError` for an unknown node. */
  setFault(target: string, fault: NodeFault | ApiFault | undefined): void;
  /** Adds a node with its pods and returns its name. */
  addNode(): string;
  removeNode(name: string): void;
  /** Restarts a pod's containers; with `replace`, its owner makes a new pod of another name and uid. */
  restartPod(namespace: string, name: string, options?: { readonly replace?: boolean }): void;
  /** From now on only the new token is accepted. */
  rotateToken(): string;
  /** Makes all continue tokens given out so far too old, as an etcd compaction does. */
  compact(): void;
  /** Closes all connections that are idle, as a restarting API server does. */
  closeIdleConnections(): void;
  close(): Promise<void>;
}
