import type { ShardNode } from '../../shared/fanout/invoker.ts';
import { toShardNode } from '../../shared/fanout/node-identity.ts';
import type { NodeObject } from '../../shared/kube/types.ts';
import { createClusterObjects } from './cluster-objects.ts';
import type { ClusterShape } from './cluster-shape.ts';
import { createSummaryTemplate } from './summary-template.ts';

/** The cluster's documents without a network. */
export interface Bodies {
  readonly nodes: readonly ShardNode[];
  /** Pod objects of a node as JSON texts. */
  pods(node: number): readonly string[];
  /** Renders the summaries of all nodes; the buffers are used again by the next call. */
  render(offset: number): readonly Buffer[];
}

export function createBodies(shape: ClusterShape): Bodies {
  const template = createSummaryTemplate({
    pods: shape.podsPerNode,
    containersPerPod: shape.containersPerPod,
    namespaces: shape.namespaces,
    start: Math.floor(Date.now() / 1_000),
  });
  const objects = createClusterObjects(shape);
  const buffers = objects.names.map(() => template.allocate());
  const nodes = objects.names.map((name, node) => {
    const shardNode = toShardNode(JSON.parse(objects.node(node)) as NodeObject, undefined);
    if (shardNode === undefined) throw new RangeError(`node ${name} has no name`);
    return shardNode;
  });
  return {
    nodes,
    pods: objects.pods,
    render(offset) {
      const second = Math.floor((Date.now() + offset) / 1_000);
      for (const [node, target] of buffers.entries()) template.render(target, { node, second });
      return buffers;
    },
  };
}
