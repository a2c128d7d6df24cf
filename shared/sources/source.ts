import type { Deadline } from '../core/deadline.ts';
import type { UnixMillis } from '../core/units.ts';
import type { KubeResult } from '../kube/client.ts';
import type { Usage } from '../kube/decode-metrics-objects.ts';
import type { KubeletAddress } from '../kube/kubelet-address.ts';
import type { RightsRoute } from '../kube/route-rights.ts';

/** Rows [from, to) of a table. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Where one node's rows lie in a batch builder; each level's rows are contiguous. */
export interface NodeRows {
  /** Row of the node. */
  readonly node: number;
  readonly sysContainers: RowRange;
  readonly pods: RowRange;
  readonly containers: RowRange;
  readonly volumes: RowRange;
}

/** What the node list says of a node, as far as decoding needs it. */
export interface NodeIdentity {
  readonly name: string;
  readonly hostname: string;
  readonly hostId: string;
}

/** Oddities that cost a field or a row but not the node, by name: `bad_time`, `negative_value`, `duplicate_container` … */
export type DecodeFaults = Readonly<Record<string, number>>;

/** A decoded document: rows in the builder, or nothing at all in it and a reason. */
export type DecodeResult =
  | { readonly status: 'ok'; readonly rows: NodeRows; readonly faults: DecodeFaults }
  | { readonly status: 'failed'; readonly reason: 'not_json' | 'invalid' | 'clock_skew'; readonly message: string };

/** A node to scrape: its identity, and where its kubelet listens if the route needs that. */
export interface ScrapeTarget extends NodeIdentity {
  readonly kubelet?: KubeletAddress;
}

/** Usage at a time, over a window before it. Unix ms. */
export interface TimedUsage extends Usage {
  readonly timestamp: UnixMillis;
}

/** Usage of the containers of one pod. */
export interface PodUsage {
  readonly timestamp: UnixMillis;
  readonly containers: readonly (Usage & { readonly name: string })[];
}

/** What was got of one node, before it is decoded: the kubelet's own document, or its part of the Metrics API's lists. */
export type NodeDocument =
  | {
      readonly kind: 'summary';
      readonly body: Buffer;
      /** Gives the memory of `body` back, if it is to be used again; nothing is read of it afterwards. */
      readonly release?: () => void;
    }
  | {
      readonly kind: 'metrics';
      readonly node: TimedUsage;
      /** Usage of a pod; undefined if the API has none of it. */
      readonly podUsage: (namespace: string, name: string) => PodUsage | undefined;
    };

/** One way to nodes' usage. Every failure of a node is an outcome with a reason. */
export interface Source {
  readonly route: RightsRoute;
  /** Whether each node costs the cluster a request. */
  readonly asksNodes: boolean;
  scrape(node: ScrapeTarget, deadline: Deadline): Promise<KubeResult<NodeDocument>>;
}
