const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const SUBDOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);

/** True for a name that a Kubernetes node can have: an RFC 1123 subdomain of at most 253 characters. */
export function isNodeName(name: string): boolean {
  return name.length <= 253 && SUBDOMAIN.test(name);
}
