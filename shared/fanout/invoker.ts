import type { Deadline } from '../core/deadline.ts';
import type { QuotaShare } from '../core/quota-share.ts';
import type { KubeletAddress } from '../kube/kubelet-address.ts';
import type { RightsRoute } from '../kube/route-rights.ts';
import type { Partial } from './partial.ts';

/** What one scrape invocation is asked to do. JSON; times in Unix ms. */
export interface ShardRequest {
  readonly version: 1;
  /** Index of the source in the configuration. */
  readonly source: number;
  /** The tick's stamp: end of its window. */
  readonly timestamp: number;
  /** Absolute end of scraping, and of the whole invocation. */
  readonly scrapeBy: number;
  readonly endBy: number;
  /** Name of the shard; its counters are stored under it. */
  readonly shard: string;
  /** Other shards whose counters hold earlier samples of some of these nodes (after a change of shards). */
  readonly inherit: readonly string[];
  readonly nodes: readonly ShardNode[];
  /** Nodes of this shard that are in the node list no more: their counters are kept for a while. */
  readonly gone?: readonly GoneShardNode[];
  /** Way to the nodes' usage; absent = as configured. */
  readonly route?: RightsRoute;
  /** Shards of the cluster that run at once, each in a process of its own: they share its limits. Absent = 1. */
  readonly parallel?: number;
  /** True if the shard holds all nodes of the cluster: then one pod list serves. */
  readonly whole: boolean;
  /** Keys of what waits for sinks from earlier ticks and is this shard's to send. */
  readonly backlog?: readonly string[];
  /** True if an earlier run of this tick did not finish: what must not be sent twice is not sent. */
  readonly repeated?: boolean;
  /** Identities of sinks that rest in this tick: they get nothing of it. */
  readonly resting?: readonly string[];
  /** Share (0..1) of the cluster's nodes: of what a sink may send of single resources. Undefined = all. */
  readonly share?: number;
  /** Of the quotas of sinks. Absent = all. */
  readonly quota?: QuotaShare;
  /** Namespace name → uid. */
  readonly namespaceIds: Readonly<Record<string, string>>;
}

/** A node that is gone; `shown` while it still gets a row that says so. */
export interface GoneShardNode {
  readonly name: string;
  readonly shown: boolean;
}

/** What the tick's node list says of a node, as far as rows need it. */
export interface ShardNode {
  readonly name: string;
  readonly hostname: string;
  readonly hostId: string;
  readonly ready: boolean;
  /** Where its kubelet says that it listens; only if it may be asked there. */
  readonly kubelet?: KubeletAddress;
  readonly labels: Readonly<Record<string, string>>;
  /** Millicores and bytes; absent if the node does not say. */
  readonly capacity: NodeResources;
  readonly allocatable: NodeResources;
}

export interface NodeResources {
  readonly cpu?: number;
  readonly memory?: number;
  readonly ephemeralStorage?: number;
}

/** Runs one shard somewhere: in this process, or in a function of its own. Rejects if nothing came back by the deadline. */
export interface ShardInvoker {
  invoke(request: ShardRequest, deadline: Deadline): Promise<Partial>;
}
