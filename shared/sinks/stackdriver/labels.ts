import { labelOf, type MetricBatch, type MetricTable } from '../../core/batch.ts';
import { LABEL_KEYS, type LabelKey, labelIndex } from '../../core/labels.ts';
import type { ModelName, StackdriverSettings } from './settings.ts';

/** A monitored resource and what the metric's own labels get from the row. */
export interface RowIdentity {
  readonly type: string;
  readonly resource: readonly (readonly [key: string, value: string])[];
  readonly metric: readonly (readonly [key: string, value: string])[];
}

/**
 * Who a row is, in a resource model. https://cloud.google.com/monitoring/api/resources (read 2026-11-24). `project_id` is left
 * out: the service takes it from the request. Empty labels are left out by the encoder.
 *
 * | level | old | new |
 * |---|---|---|
 * | node | `gke_container`, `container_name=machine` as Heapster had it | `k8s_node` |
 * | sys_container | `gke_container` | `k8s_node`, metric label `component` |
 * | pod, pod_container | `gke_container` by uids; by names where the kubelet gave no uid | `k8s_pod`, `k8s_container` |
 * | volume | as its pod, metric label `device_name` | `k8s_pod`, metric label `volume_name` |
 * | totals | `k8s_cluster`, with metric labels of what they are a total of | the same |
 */
export function identityOf(
  batch: MetricBatch,
  table: MetricTable,
  model: ModelName,
  settings: StackdriverSettings,
): (row: number) => RowIdentity {
  const { level } = table;
  const cluster = ['cluster_name', settings.clusterName ?? batch.cluster ?? ''] as const;
  const read = (key: LabelKey): ((row: number) => string) => {
    const index = labelIndex(key);
    return (row) => labelOf(batch, table, index, row) ?? '';
  };
  const node = read('nodename');
  const namespace = read('namespace_name');
  const pod = read('pod_name');
  const container = read('container_name');
  const volume = read('volume_name');
  const resourceId = read('resource_id');
  const kind = read('workload_kind');
  const workload = read('workload_name');
  if (level === 'cluster' || level === 'namespace' || level === 'workload' || level === 'group') {
    const resource = [['location', settings.location], cluster] as const;
    const groupLabels = level === 'group' ? readGroup(batch, table) : () => [];
    return (row) => {
      const metric = {
        cluster: [],
        namespace: [['namespace_name', namespace(row)]],
        workload: [
          ['namespace_name', namespace(row)],
          ['workload_kind', kind(row)],
          ['workload_name', workload(row)],
        ],
        group: groupLabels(row),
      } as const;
      return { type: 'k8s_cluster', resource, metric: metric[level] };
    };
  }
  if (model === 'new') {
    const place = [['location', settings.location], cluster] as const;
    return (row) => {
      if (level === 'node' || level === 'sys_container') {
        const metric = level === 'node' ? [] : ([['component', container(row)]] as const);
        return { type: 'k8s_node', resource: [...place, ['node_name', node(row)]], metric };
      }
      const resource = [...place, ['namespace_name', namespace(row)], ['pod_name', pod(row)]] as const;
      if (level === 'pod_container') {
        return { type: 'k8s_container', resource: [...resource, ['container_name', container(row)]], metric: [] };
      }
      const name = volume(row) || resourceId(row).replace(/^Volume:/, '');
      return { type: 'k8s_pod', resource, metric: level === 'volume' ? [['volume_name', name]] : [] };
    };
  }
  const namespaceId = read('namespace_id');
  const podId = read('pod_id');
  const hostId = read('host_id');
  const hostname = read('hostname');
  return (row) => {
    const ofPod = level === 'pod' || level === 'pod_container' || level === 'volume';
    return {
      type: 'gke_container',
      resource: [
        cluster,
        ['zone', settings.zone],
        ['instance_id', hostId(row) || hostname(row) || node(row)],
        ['namespace_id', ofPod ? namespaceId(row) || namespace(row) : ''],
        ['pod_id', ofPod ? podId(row) || pod(row) : ''],
        ['container_name', level === 'node' ? 'machine' : container(row)],
      ],
      metric: level === 'volume' ? [['device_name', resourceId(row) || `Volume:${volume(row)}`]] : [],
    };
  };
}

/** The labels of a group: the grouping's name and its keys, as Cloud Monitoring takes keys. */
function readGroup(
  batch: MetricBatch,
  table: MetricTable,
): (row: number) => readonly (readonly [key: string, value: string])[] {
  const taken = new Set<string>(LABEL_KEYS);
  const keys = batch.labelKeys.map((key): string => {
    if ((LABEL_KEYS as readonly string[]).includes(key)) return key;
    const name = untaken(toLabelKey(key), taken);
    taken.add(name);
    return name;
  });
  return (row) =>
    keys.flatMap((key, index) => {
      const value = labelOf(batch, table, index, row);
      return value === undefined || value === '' ? [] : [[key, value] as const];
    });
}

/** Letters, digits and `_`, beginning with a letter. */
export function toLabelKey(key: string): string {
  const plain = key.replaceAll(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z]/.test(plain) ? plain : `label_${plain}`;
}

function untaken(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const text = number === 1 ? name : `${name}_${number}`;
    if (!taken.has(text)) return text;
  }
}
