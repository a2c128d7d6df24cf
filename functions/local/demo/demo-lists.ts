import type { UnixMillis } from '../../../shared/core/units.ts';
import type { ClusterModel } from './cluster-model.ts';
import type { ListItem } from './list-answer.ts';
import { nodeObject } from './node-object.ts';
import { podObject } from './pod-object.ts';
import { toStamp } from './stats-blocks.ts';
import { NAMESPACES } from './workloads.ts';

export interface ListContext {
  readonly model: ClusterModel;
  readonly at: UnixMillis;
  readonly version: number;
  readonly isReachable: (node: string) => boolean;
}

/** The lists that the demo API server has: kind and items by resource. */
export function demoList(
  resource: string,
  context: ListContext,
): { readonly kind: string; readonly items: readonly ListItem[] } | undefined {
  const { model, at, version } = context;
  switch (resource) {
    case 'nodes':
      return {
        kind: 'NodeList',
        items: model.nodes().map((node) => ({
          key: node.name,
          object: () => nodeObject(node, { at, version, reachable: context.isReachable(node.name) }),
          fields: { 'metadata.name': node.name },
        })),
      };
    case 'namespaces':
      return {
        kind: 'NamespaceList',
        items: Object.entries(NAMESPACES).map(([name, labels]) => ({
          key: name,
          object: () => ({
            metadata: {
              name,
              uid: model.seeded.uid(`namespace/${name}`),
              resourceVersion: String(version),
              creationTimestamp: toStamp(model.epoch),
              labels: { 'kubernetes.io/metadata.name': name, ...labels },
            },
            spec: { finalizers: ['kubernetes'] },
            status: { phase: 'Active' },
          }),
          fields: { 'metadata.name': name },
        })),
      };
    case 'pods':
      return {
        kind: 'PodList',
        items: model.nodes().flatMap((node) =>
          node.pods.map((pod) => {
            const { name } = pod.state(at);
            return {
              key: `${pod.workload.namespace}/${name}`,
              object: () => podObject(pod, node, { at, version }),
              fields: {
                'metadata.name': name,
                'metadata.namespace': pod.workload.namespace,
                'spec.nodeName': node.name,
              },
            };
          }),
        ),
      };
    default:
      return undefined;
  }
}
