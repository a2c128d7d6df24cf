/** `CREATE DATABASE "k8s" WITH DURATION 30d NAME "default"`, as Heapster names the policy; `0` and `inf` keep for ever. */
export function createDatabaseStatement(db: string, retention: string): string {
  const name = db.replaceAll(/["\\]/g, (char) => `\\${char}`);
  const forEver = retention === '0' || retention.toLowerCase() === 'inf';
  return `CREATE DATABASE "${name}" WITH DURATION ${forEver ? 'INF' : retention} NAME "default"`;
}
