import { toBytes, toMillicores } from '../kube/quantity.ts';
import type { NodeObject } from '../kube/types.ts';
import type { NodeResources, ShardNode } from './invoker.ts';

/**
 * What a shard needs to know of a node: identity, labels, capacity. `host_id` is Heapster's `spec.externalID`, else the
 * annotation that the source names, else the last part of `spec.providerID` (Kubernetes dropped externalID in 1.11).
 */
export function toShardNode(node: NodeObject, hostIdAnnotation: string | undefined): ShardNode | undefined {
  const name = node.metadata?.name;
  if (name === undefined || name === '') return undefined;
  const addresses = node.status?.addresses ?? [];
  const ready = (node.status?.conditions ?? []).find((condition) => condition.type === 'Ready')?.status;
  return {
    name,
    hostname: addresses.find((address) => address.type === 'Hostname')?.address || name,
    hostId: hostId(node, hostIdAnnotation),
    ready: ready === undefined || ready === 'True',
    labels: node.metadata?.labels ?? {},
    capacity: resources(node.status?.capacity),
    allocatable: resources(node.status?.allocatable),
  };
}

function hostId(node: NodeObject, annotation: string | undefined): string {
  if (node.spec?.externalID) return node.spec.externalID;
  const annotated = annotation === undefined ? undefined : node.metadata?.annotations?.[annotation];
  return annotated ?? node.spec?.providerID?.split('/').at(-1) ?? '';
}

function resources(list: Readonly<Record<string, string>> | null | undefined): NodeResources {
  const cpu = list?.['cpu'] === undefined ? undefined : toMillicores(list['cpu']);
  const memory = list?.['memory'] === undefined ? undefined : toBytes(list['memory']);
  const storage = list?.['ephemeral-storage'] === undefined ? undefined : toBytes(list['ephemeral-storage']);
  return {
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(storage === undefined ? {} : { ephemeralStorage: storage }),
  };
}
