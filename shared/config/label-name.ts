const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** True if a Kubernetes label may have this name: `app`, `app.kubernetes.io/name`. Source: apimachinery IsQualifiedName. */
export function isLabelName(text: string): boolean {
  const parts = text.split('/');
  const name = parts.at(-1) ?? '';
  if (!NAME.test(name) || parts.length > 2) return false;
  const prefix = parts.length === 2 ? (parts[0] ?? '') : undefined;
  return prefix === undefined || (prefix.length <= 253 && PREFIX.test(prefix));
}
