const NAMES: ReadonlySet<string> = new Set(['pw', 'pass', 'pwd', 'sas', 'dsn', 'header', 'headers']);
const PARTS =
  /password|passwd|passphrase|secret|token|credential|writekey|apikey|accesskey|accountkey|privatekey|authorization/;

/** Endings that say a name is no secret itself but tells where one lies, how long it lasts, or whose it is. */
const PLAIN = /(file|path|url|ttl|id)$/;

/** True if an option of this name is never shown: `pw`, `password`, `token`, `secret`, `writekey`, `api_key` … */
export function isSecretName(name: string): boolean {
  const folded = name.toLowerCase().replaceAll(/[-_.]/g, '');
  return NAMES.has(folded) || (PARTS.test(folded) && !PLAIN.test(folded));
}
