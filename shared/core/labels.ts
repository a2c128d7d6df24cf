/**
 * Label keys of rows. The first are Heapster's (its LabelDescriptors), the others name what Heapster did not have.
 * A batch appends keys of its own (`--store-label` destinations, grouping keys) behind these.
 */
export const LABEL_KEYS = [
  'nodename',
  'hostname',
  'host_id',
  'pod_id',
  'pod_name',
  'namespace_name',
  'namespace_id',
  'container_name',
  'container_base_image',
  'labels',
  'workload_kind',
  'workload_name',
  'resource_id',
  'volume_name',
  'pvc_name',
  'pvc_namespace',
  'grouping',
] as const;

export type LabelKey = (typeof LABEL_KEYS)[number];

/** Keys that sinks set for every row and no stored label or grouping may take. */
export const RESERVED_LABEL_KEYS: readonly string[] = [...LABEL_KEYS, 'type', 'cluster_name'];

const INDEX = new Map<string, number>(LABEL_KEYS.map((key, index) => [key, index]));

/** Column index of a built-in label key. */
export function labelIndex(key: LabelKey): number {
  const index = INDEX.get(key);
  if (index === undefined) throw new RangeError(`unknown label key ${key}`);
  return index;
}
