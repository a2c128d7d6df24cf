import type { MetricBatchBuilder } from '../core/batch-builder.ts';
import type { UnixMillis } from '../core/units.ts';
import type { ShardNode } from '../fanout/invoker.ts';
import type { RightsRoute } from '../kube/route-rights.ts';
import type { PodIndex } from '../processors/pod-index.ts';
import type { DecodeResult, NodeDocument } from '../sources/source.ts';
import { PARTS } from './registry.ts';

/** Reads a node's document into the rows of a batch builder, by the route that it came. */
export type NodeDecoder = (
  node: ShardNode,
  document: NodeDocument,
  builder: MetricBatchBuilder,
  context: { readonly now: UnixMillis; readonly pods: PodIndex },
) => DecodeResult;

/** The decoder of what a route brings; the other's is not loaded. Throws `RangeError` in a decoder that is given the other's document. */
export async function loadDecoder(route: RightsRoute): Promise<NodeDecoder> {
  if (route === 'metrics-api') {
    const { decodeMetrics } = await PARTS.metricsDecoder();
    return (node, document, builder, { now, pods }) => {
      if (document.kind !== 'metrics') throw new RangeError(`the route ${route} brought a ${document.kind}`);
      return decodeMetrics(document, node, builder, { now, pods: pods.ofNode(node.name) });
    };
  }
  const { decodeSummary } = await PARTS.summaryDecoder();
  return (node, document, builder, { now }) => {
    if (document.kind !== 'summary') throw new RangeError(`the route ${route} brought a ${document.kind}`);
    return decodeSummary(document.body, node, builder, { now });
  };
}
