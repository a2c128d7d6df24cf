const NAMES: ReadonlySet<string> = new Set(['pw', 'pass', 'pwd', 'sas', 'auth', 'dsn', 'kubeconfig']);
const PARTS = /password|passwd|passphrase|secret|token|credential|writekey|apikey|accesskey|privatekey|authorization/;

/** Names that look secret but say where a secret lies, or are no secret: paths, and a client's public name. */
const PLAIN = /(file|path|url|ttl|cachettl|id)$/;

/** True if an option of this name is never shown: `pw`, `password`, `token`, `secret`, `writekey`, `api_key` … */
export function isSecretName(name: string): boolean {
  const folded = name.toLowerCase().replaceAll(/[-_.]/g, '');
  if (NAMES.has(folded)) return true;
  return PARTS.test(folded) && !PLAIN.test(folded);
}
