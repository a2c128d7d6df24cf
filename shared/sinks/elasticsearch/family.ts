/** Heapster's families: metrics of one family and with the same labels share a document; each other one has its own. */
const FAMILIES: ReadonlySet<string> = new Set(['cpu', 'filesystem', 'memory', 'network']);
export const GENERAL = 'general';

/** The family of a metric, by the first element of its catalog name. */
export function familyOf(name: string): string {
  const first = name.split('/', 1)[0] ?? '';
  return FAMILIES.has(first) ? first : GENERAL;
}

/** Name of the timestamp in a family's documents: `CpuMetricsTimestamp`. */
export function timestampField(family: string): string {
  return `${family.slice(0, 1).toUpperCase()}${family.slice(1)}MetricsTimestamp`;
}
