import type { Deadline } from '../core/deadline.ts';
import type { NodeMetricsObject, PodMetricsObject } from './decode-metrics-objects.ts';
import type { NamespaceObject, NodeObject, PodObject } from './types.ts';

/** Why a request to the API server, or a kubelet behind it, gave nothing. Stable; labels of reports and metrics. */
export const FAILURE_REASONS = [
  'unauthorized', // 401
  'forbidden', // 403; the message names the missing right
  'not_found', // 404
  'throttled', // 429 (or 503 with Retry-After) to the end
  'unreachable', // DNS, refused, reset, TLS; a 5xx that says the API server cannot reach the kubelet
  'server_error', // other 5xx
  'unexpected_status', // redirects and the rest
  'timeout', // the node's own deadline
  'late', // the deadline of the tick
  'too_large', // more than the size cap
  'not_json', // HTML, empty, truncated
  'invalid', // JSON, but not a Summary (of this node)
  'no_metrics', // the Metrics API has nothing of this node
  'not_asked', // too many answers 429 and 503 before: the rest of the tick is left alone
  'clock_skew', // sample times impossibly far from ours
  'shard_failed', // the scrape invocation that had the node gave nothing back
] as const;

export type FailureReason = (typeof FAILURE_REASONS)[number];

/** A request's outcome. A failure is a value: it is counted by reason, never thrown. */
export type KubeResult<T> =
  | {
      readonly status: 'ok';
      readonly value: T;
      readonly bytes: number;
      /** Gives the memory of `value` back, if it is to be used again; nothing is read of it afterwards. */
      readonly release?: () => void;
    }
  | { readonly status: 'failed'; readonly reason: FailureReason; readonly message: string };

/** What a client counted since it was created. */
export interface KubeUsage {
  readonly requests: number;
  readonly bytes: number;
  readonly retries: number;
  /** Most requests that were in flight at once. */
  readonly peakInFlight: number;
  /** Milliseconds by which the API server's `Date` is ahead of ours; undefined before the first answer. */
  readonly skew: number | undefined;
}

export interface SummaryRequest {
  readonly deadline: Deadline;
  readonly maxBytes: number;
  /** CPU and memory alone. */
  readonly light?: boolean;
}

export interface PodListOptions {
  readonly node: string | undefined;
  readonly deadline: Deadline;
}

/** What tells pods apart. */
export interface PodNames {
  readonly namespace: string;
  readonly name: string;
}

/** What is wanted of a pod; undefined = nothing, it is left out. */
export type PodReader<T> = (pod: PodObject) => T | undefined;

/** The thin API-server client: keep-alive TLS, bounded in flight, back-off inside the deadline, no redirects. */
export interface KubeClient {
  /** All nodes: paged, from the watch cache. */
  listNodes(deadline: Deadline): Promise<KubeResult<readonly NodeObject[]>>;
  /** All namespaces (metadata only). */
  listNamespaces(deadline: Deadline): Promise<KubeResult<readonly NamespaceObject[]>>;
  /**
   * Pods of one node (`spec.nodeName`), or of the whole cluster if `node` is undefined; paged. With `read`, what it makes of them:
   * a pod that did not change since an earlier list is not read again, so it must make the same of the same pod.
   */
  listPods(options: PodListOptions): Promise<KubeResult<readonly PodObject[]>>;
  listPods<T extends PodNames>(
    options: PodListOptions & { readonly read: PodReader<T> },
  ): Promise<KubeResult<readonly T[]>>;
  /** Raw body of a node's `/stats/summary` through the node proxy, at most `maxBytes`. */
  getSummary(node: string, options: SummaryRequest): Promise<KubeResult<Buffer>>;
  /** Usage of all nodes and of all pods, from the Metrics API: each pod with its containers. */
  listNodeMetrics(deadline: Deadline): Promise<KubeResult<readonly NodeMetricsObject[]>>;
  listPodMetrics(deadline: Deadline): Promise<KubeResult<readonly PodMetricsObject[]>>;
  usage(): KubeUsage;
  /** Ends all sockets. */
  close(): void;
}
