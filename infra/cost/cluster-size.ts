import { LEVELS, type Level } from '../../shared/core/level.ts';
import { METRICS, type MetricDescriptor } from '../../shared/core/metrics.ts';

/** How large a cluster is, in rows. */
export interface ClusterSize {
  readonly nodes: number;
  readonly namespaces: number;
  readonly groups: number;
  readonly podsPerNode: number;
  readonly containersPerPod: number;
}

/** A cluster as most are: 30 pods a node of 2 containers. */
export function usualSize(nodes: number): ClusterSize {
  return { nodes, namespaces: 20, groups: 10, podsPerNode: 30, containersPerPod: 2 };
}

const SYSTEM_CONTAINERS = 3;
const PODS_PER_WORKLOAD = 3;

/** Rows of a level. */
export function rowsOf(
  level: Level,
  { nodes, namespaces, groups, podsPerNode, containersPerPod }: ClusterSize,
): number {
  const pods = nodes * podsPerNode;
  const rows: Readonly<Record<Level, number>> = {
    cluster: 1,
    namespace: namespaces,
    workload: Math.ceil(pods / PODS_PER_WORKLOAD),
    group: groups,
    node: nodes,
    sys_container: nodes * SYSTEM_CONTAINERS,
    pod: pods,
    pod_container: pods * containersPerPod,
    volume: pods,
  };
  return rows[level];
}

/** Series that a sink keeps of such a cluster. Metrics with labels of their own count once for each row. */
export function seriesOfCluster(
  size: ClusterSize,
  exports: (metric: MetricDescriptor, level: Level) => boolean,
): number {
  return LEVELS.reduce((sum, level) => {
    const metrics = METRICS.filter((metric) => metric.levels.includes(level) && exports(metric, level)).length;
    return sum + metrics * rowsOf(level, size);
  }, 0);
}
