import type { UnixMillis } from '../../../shared/core/units.ts';
import { type Answer, badRequest, jsonAnswer, statusAnswer } from './answer.ts';
import type { ClusterModel } from './cluster-model.ts';
import type { FaultBoard } from './fault-board.ts';
import { type Block, toStamp } from './stats-blocks.ts';
import { summaryDocument } from './summary-document.ts';

/** What metrics-server takes from a list's options without a word, as it pages nothing. */
const PARAMETERS: ReadonlySet<string> = new Set(['limit', 'continue', 'resourceVersion', 'labelSelector']);
/** As metrics-server's default, and its scatter. */
const WINDOW = '15.083s';

/**
 * `metrics.k8s.io/v1beta1` as metrics-server serves it: what kubelets said last, CPU in nanocores and memory in Ki. A node whose
 * kubelet cannot be scraped is not in the list, nor are its pods. Source: kubernetes-sigs/metrics-server pkg/api.
 */
export function metricsList(
  resource: string,
  query: URLSearchParams,
  { model, faults, at }: { readonly model: ClusterModel; readonly faults: FaultBoard; readonly at: UnixMillis },
): Answer {
  const unknown = [...query.keys()].find((key) => !PARAMETERS.has(key));
  if (unknown !== undefined) return badRequest(`the demo Metrics API does not know the query parameter "${unknown}"`);
  if (query.get('labelSelector')) return badRequest('the demo Metrics API does not select by label');
  const isNodes = resource === 'nodes';
  if (!isNodes && resource !== 'pods') {
    const message = 'the server could not find the requested resource';
    return statusAnswer(404, message, { reason: 'NotFound', details: {} });
  }
  const scraped = model.nodes().filter((node) => faults.peekNode(node.name) === undefined);
  const documents = scraped.map((node) => summaryDocument(model, node, { at, onlyCpuAndMemory: true }));
  const items = isNodes
    ? documents.map(({ node }) => nodeItem(node as Block, at))
    : documents.flatMap(({ pods }) => (pods as readonly Block[]).flatMap((pod) => podItem(pod, at) ?? []));
  const kind = isNodes ? 'NodeMetricsList' : 'PodMetricsList';
  const list = { kind, apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items };
  return jsonAnswer(`${JSON.stringify(list)}\n`, { chunked: true, mayPack: true });
}

function nodeItem(node: Block, at: UnixMillis): Block {
  const metadata = { name: node['nodeName'], creationTimestamp: toStamp(at) };
  return { metadata, ...sample(node), usage: usage(node) };
}

/** A pod is in the list when all of its containers have been sampled. */
function podItem(pod: Block, at: UnixMillis): Block | undefined {
  const { name, namespace } = pod['podRef'] as Block;
  const containers = (pod['containers'] ?? []) as readonly Block[];
  const [first] = containers;
  if (first === undefined || containers.some((one) => !one['cpu'] || !one['memory'])) return undefined;
  return {
    metadata: { name, namespace, creationTimestamp: toStamp(at), labels: { app: String(name).split('-')[0] } },
    ...sample(first),
    containers: containers.map((container) => ({ name: container['name'], usage: usage(container) })),
  };
}

function sample(entity: Block): Block {
  return { timestamp: (entity['cpu'] as Block)['time'], window: WINDOW };
}

function usage(entity: Block): Block {
  const cpu = entity['cpu'] as Block;
  const memory = entity['memory'] as Block;
  return {
    cpu: `${cpu['usageNanoCores']}n`,
    memory: `${Math.ceil(Number(memory['workingSetBytes']) / 1_024)}Ki`,
  };
}
