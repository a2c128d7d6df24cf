/** Heapster's names of the kubelet's system containers, where they differ. */
const LEGACY_NAMES: ReadonlyMap<string, string> = new Map([
  ['runtime', 'docker-daemon'],
  ['misc', 'system'],
]);

/** Heapster's name of a system container. */
export function legacyName(name: string): string {
  return LEGACY_NAMES.get(name) ?? name;
}
