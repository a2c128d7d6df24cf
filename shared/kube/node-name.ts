const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
// How long labels may be is asked apart: V8 writes a repetition out that is counted, which takes longer than all names of a shard.
const SUBDOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const MOST_CHARACTERS = 253;
const MOST_OF_A_LABEL = 63;

/** True for a name that a Kubernetes node can have: an RFC 1123 subdomain of at most 253 characters. */
export function isNodeName(name: string): boolean {
  if (name.length > MOST_CHARACTERS || !SUBDOMAIN.test(name)) return false;
  return name.length <= MOST_OF_A_LABEL || name.split('.').every((label) => label.length <= MOST_OF_A_LABEL);
}
