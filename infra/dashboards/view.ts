import type { Level } from '../../shared/core/level.ts';

/** Views of a dashboard, from the widest to the narrowest, and Heapless itself. */
export const VIEW_IDS = ['fleet', 'cluster', 'namespace', 'workload', 'group', 'node', 'heapless'] as const;
export type ViewId = (typeof VIEW_IDS)[number];

/** How a panel is drawn: lines, areas on top of each other, or the latest numbers. */
export type Drawing = 'lines' | 'area' | 'numbers';

/** One graph: metrics of one unit at one level, in the words of the catalog. */
export interface Panel {
  readonly title: string;
  readonly level: Level;
  /** Keys of the catalog. */
  readonly metrics: readonly string[];
  /** A line for each value of these row labels. Undefined = a line for each row. */
  readonly by: readonly string[] | undefined;
  /** Own labels of the value that lines are split by (`sink`, `outcome`). */
  readonly split: readonly string[];
  /** Own labels that the value must have, with one of these values. */
  readonly only: Readonly<Record<string, readonly string[]>>;
  readonly drawing: Drawing;
  /** Only so many lines, those with the largest values. */
  readonly top: number | undefined;
  /** Upper end of the axis, for fractions. */
  readonly max: number | undefined;
}

/** A part of a dashboard with what is chosen at its top. */
export interface View {
  readonly id: ViewId;
  readonly title: string;
  /** Row labels that are chosen at the top. They bind panels whose rows have them. */
  readonly filters: readonly string[];
  /** The graphs that were thought of, in their order. */
  readonly panels: readonly Panel[];
  /** Everything else that the catalog has at these levels, so that no metric is without a graph. */
  readonly rest: readonly Panel[];
}

/** Row labels that tell rows of a level apart, the cluster's name first. */
export const IDENTITY: Readonly<Record<Level, readonly string[]>> = {
  cluster: ['cluster_name'],
  namespace: ['cluster_name', 'namespace_name'],
  workload: ['cluster_name', 'namespace_name', 'workload_kind', 'workload_name'],
  group: ['cluster_name', 'grouping'],
  node: ['cluster_name', 'nodename'],
  sys_container: ['cluster_name', 'nodename', 'container_name'],
  pod: ['cluster_name', 'nodename', 'namespace_name', 'pod_name'],
  pod_container: ['cluster_name', 'nodename', 'namespace_name', 'pod_name', 'container_name'],
  volume: ['cluster_name', 'nodename', 'namespace_name', 'pod_name', 'volume_name'],
};
