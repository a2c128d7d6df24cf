/** What a row describes. Heapster's types, plus `workload`, `group` and `volume`. */
export const LEVELS = [
  'cluster',
  'namespace',
  'workload',
  'group',
  'node',
  'sys_container',
  'pod',
  'pod_container',
  'volume',
] as const;

export type Level = (typeof LEVELS)[number];

/** Levels that one shard knows whole and exports itself. */
export const LEAF_LEVELS = [
  'node',
  'sys_container',
  'pod',
  'pod_container',
  'volume',
] as const satisfies readonly Level[];

/** Levels that only the reducer knows whole. */
export const TOTAL_LEVELS = ['cluster', 'namespace', 'workload', 'group'] as const satisfies readonly Level[];

export type LeafLevel = (typeof LEAF_LEVELS)[number];
export type TotalLevel = (typeof TOTAL_LEVELS)[number];

/** The value of Heapster's label `type` for a level. */
export function heapsterType(level: Level): string {
  return level === 'namespace' ? 'ns' : level;
}

export function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text);
}
