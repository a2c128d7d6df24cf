import { LABEL_KEYS, type LabelKey } from '../../core/labels.ts';
import type { Level } from '../../core/level.ts';

/** Where the value of a dimension comes from. */
export type DimensionSource =
  | { readonly kind: 'cluster' }
  /** Heapster's type of the level: `ns`, `pod_container` … */
  | { readonly kind: 'type' }
  | { readonly kind: 'label'; readonly key: string }
  /** All keys of the row's grouping, a dimension each. */
  | { readonly kind: 'grouping-keys' };

/** One dimension of a level's rule. */
export interface DimensionRule {
  readonly name: string;
  readonly source: DimensionSource;
}

/** Whose dimensions a sink writes. */
export type DimensionNames = 'heapster' | 'containerinsights';

export type DimensionRules = Readonly<Record<Level, readonly DimensionRule[]>>;

const ON_NODES: readonly Level[] = ['node', 'sys_container', 'pod', 'pod_container', 'volume'];
const ON_PODS: readonly Level[] = ['pod', 'pod_container', 'volume'];
const IN_NAMESPACES: readonly Level[] = ['namespace', 'workload', ...ON_PODS];

/** Dimension names by label, and the levels whose rows have the label. */
const NAMED: readonly { readonly name: string; readonly key: LabelKey; readonly levels: readonly Level[] }[] = [
  { name: 'NodeName', key: 'nodename', levels: ON_NODES },
  { name: 'HostName', key: 'hostname', levels: ON_NODES },
  { name: 'HostId', key: 'host_id', levels: ON_NODES },
  { name: 'Namespace', key: 'namespace_name', levels: IN_NAMESPACES },
  { name: 'NamespaceId', key: 'namespace_id', levels: IN_NAMESPACES },
  { name: 'WorkloadKind', key: 'workload_kind', levels: ['workload', ...ON_PODS] },
  { name: 'WorkloadName', key: 'workload_name', levels: ['workload', ...ON_PODS] },
  { name: 'PodName', key: 'pod_name', levels: ON_PODS },
  // Container Insights' names of the two, whose PodName is the workload's.
  { name: 'FullPodName', key: 'pod_name', levels: ON_PODS },
  { name: 'InstanceId', key: 'host_id', levels: ON_NODES },
  { name: 'PodId', key: 'pod_id', levels: ON_PODS },
  { name: 'ContainerName', key: 'container_name', levels: ['sys_container', 'pod_container'] },
  { name: 'Image', key: 'container_base_image', levels: ['pod_container'] },
  { name: 'VolumeName', key: 'volume_name', levels: ['volume'] },
  { name: 'PvcName', key: 'pvc_name', levels: ['volume'] },
  { name: 'PvcNamespace', key: 'pvc_namespace', levels: ['volume'] },
  { name: 'Grouping', key: 'grouping', levels: ['group'] },
];

const INSIGHTS_ALIASES: ReadonlySet<string> = new Set(['FullPodName', 'InstanceId']);

const NAME_OF_KEY: ReadonlyMap<string, string> = new Map([
  ...NAMED.filter(({ name }) => !INSIGHTS_ALIASES.has(name)).map(({ key, name }) => [key, name] as const),
  // Keys of groupings (`HEAPLESS_GROUP_BY`) are the kind's word where the kind has no label of its own.
  ['namespace', 'Namespace'],
  ['node', 'NodeName'],
  ['workload', 'Workload'],
  // Labels of the value itself.
  ['resource_id', 'ResourceId'],
  ['pressure', 'Pressure'],
  ['interface', 'Interface'],
  ['make', 'Make'],
  ['model', 'Model'],
  ['accelerator_id', 'AcceleratorId'],
]);

/** The name of the dimension that a label becomes; labels that users chose keep their own. */
export function dimensionName(key: string): string {
  return NAME_OF_KEY.get(key) ?? key;
}

/** Names that a level's rule may use; `label:KEY` comes on top where rows have stored labels. */
export function namesOfLevel(level: Level): readonly string[] {
  const labels = NAMED.filter(({ levels }) => levels.includes(level)).map(({ name }) => name);
  return ['ClusterName', 'Type', ...labels, ...(level === 'group' ? ['*'] : [])];
}

/** True if rows of the level can carry labels of Kubernetes objects (`--store-label`). */
export function hasStoredLabels(level: Level): boolean {
  return ON_NODES.includes(level) && level !== 'sys_container';
}

/** The source of a name that the level's rule may use; undefined if it may not. */
export function sourceOfName(level: Level, name: string, names: DimensionNames): DimensionSource | undefined {
  if (names === 'containerinsights' && name === 'PodName' && ON_PODS.includes(level)) {
    return { kind: 'label', key: 'workload_name' };
  }
  const stored = /^label:(.+)$/.exec(name)?.[1];
  if (stored !== undefined) return sourceOfStored(level, stored);
  if (!namesOfLevel(level).includes(name)) return undefined;
  if (name === 'ClusterName') return { kind: 'cluster' };
  if (name === 'Type') return { kind: 'type' };
  if (name === '*') return { kind: 'grouping-keys' };
  const key = NAMED.find((entry) => entry.name === name)?.key;
  return key === undefined ? undefined : { kind: 'label', key };
}

function sourceOfStored(level: Level, key: string): DimensionSource | undefined {
  if (!hasStoredLabels(level) || (LABEL_KEYS as readonly string[]).includes(key)) return undefined;
  return { kind: 'label', key };
}

/** The default rules, in the form that `dimensions=` takes. */
export const DEFAULT_DIMENSIONS: Readonly<Record<Level, string>> = {
  cluster: 'ClusterName',
  namespace: 'ClusterName,Namespace',
  workload: 'ClusterName,Namespace,WorkloadKind,WorkloadName',
  group: 'ClusterName,Grouping,*',
  node: 'ClusterName,NodeName',
  sys_container: 'ClusterName,NodeName,ContainerName',
  pod: 'ClusterName,Namespace,PodName',
  pod_container: 'ClusterName,Namespace,PodName,ContainerName',
  volume: 'ClusterName,Namespace,PodName,VolumeName',
};

/** The default rules with `names=containerinsights`: of its sets, those that its dashboards draw. */
export const INSIGHTS_DIMENSIONS: Readonly<Record<Level, string>> = {
  ...DEFAULT_DIMENSIONS,
  node: 'ClusterName,InstanceId,NodeName',
  pod: 'ClusterName,Namespace,PodName',
  pod_container: 'ClusterName,ContainerName,Namespace,PodName',
};
