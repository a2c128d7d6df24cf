import type { Deadline } from '../../core/deadline.ts';
import { MINUTE, SECOND } from '../../core/units.ts';
import type { KubeClient, KubeResult } from '../../kube/client.ts';
import type { NodeMetricsObject, PodMetricsObject } from '../../kube/decode-metrics-objects.ts';
import type { PodUsage, Source } from '../source.ts';

/** metrics-server's windows have seconds; an adapter of another store may have minutes. */
const LONG_WINDOW = 2 * MINUTE;

type Pods = ReadonlyMap<string, ReadonlyMap<string, PodUsage>>;

/** The Metrics API's lists of one tick, by name. */
export interface MetricsLists {
  readonly nodes: KubeResult<ReadonlyMap<string, NodeMetricsObject>>;
  readonly pods: KubeResult<Pods>;
}

/** Lists usage of all nodes and pods at once. Neither is needed for the other. */
export async function listMetrics(
  client: Pick<KubeClient, 'listNodeMetrics' | 'listPodMetrics'>,
  deadline: Deadline,
): Promise<MetricsLists> {
  const [nodes, pods] = await Promise.all([client.listNodeMetrics(deadline), client.listPodMetrics(deadline)]);
  return {
    nodes:
      nodes.status === 'failed'
        ? nodes
        : { ...nodes, value: new Map(nodes.value.map((node) => [node.metadata.name ?? '', node])) },
    pods: pods.status === 'failed' ? pods : { ...pods, value: byName(pods.value) },
  };
}

/**
 * CPU and working set from `metrics.k8s.io/v1beta1`: rights `list nodes` and `list pods` there, none of a kubelet. `lists` are
 * those of the tick, shared by all nodes. A node that the API does not have has failed; without pods' usage it has its own alone.
 */
export function createMetricsSource(lists: Promise<MetricsLists>, warn: (warning: string) => void): Source {
  let warned = false;
  let flattened = false;
  return {
    route: 'metrics-api',
    asksNodes: false,
    async scrape({ name }) {
      const listed = await lists;
      const { nodes, pods } = listed;
      if (nodes.status === 'failed') {
        const message = `usage of nodes could not be listed: ${nodes.message}`;
        return { status: 'failed', reason: nodes.reason, message };
      }
      if (pods.status === 'failed' && !warned) {
        warned = true;
        warn(`usage of pods could not be listed (${pods.reason}), their rows are missing: ${pods.message}`);
      }
      const node = nodes.value.get(name);
      if (node === undefined) {
        const message =
          'the Metrics API has nothing of this node: its kubelet was not scraped there, see the log of metrics-server';
        return { status: 'failed', reason: 'no_metrics', message };
      }
      if (node.window > LONG_WINDOW && !flattened) {
        flattened = true;
        warn(
          `the Metrics API gives means over ${Math.round(node.window / SECOND)} s: peaks of a minute are flattened, look at the adapter that serves it`,
        );
      }
      const usages: Pods = pods.status === 'ok' ? pods.value : new Map();
      const podUsage = (namespace: string, pod: string): PodUsage | undefined => usages.get(namespace)?.get(pod);
      const value = { kind: 'metrics', node: { ...node.usage, timestamp: node.timestamp }, podUsage } as const;
      return { status: 'ok', value, bytes: 0 };
    },
  };
}

function byName(pods: readonly PodMetricsObject[]): Pods {
  const namespaces = new Map<string, Map<string, PodUsage>>();
  for (const { metadata, timestamp, containers } of pods) {
    const { namespace = '', name = '' } = metadata;
    const known = namespaces.get(namespace) ?? new Map<string, PodUsage>();
    namespaces.set(namespace, known.set(name, { timestamp, containers }));
  }
  return namespaces;
}
