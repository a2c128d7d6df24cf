const LONGEST = 256;
/** No more of a body is looked at. */
const WINDOW = 4_096;

/**
 * At most 256 characters of a body for a message: one line, no control characters, and none of `secrets` in it (a server
 * that echoes our headers must not put a token into a report).
 */
export function excerpt(body: Uint8Array | string, secrets: readonly string[]): string {
  let text = typeof body === 'string' ? body.slice(0, WINDOW) : Buffer.from(body.subarray(0, WINDOW)).toString('utf8');
  for (const secret of secrets) if (secret.length >= 8) text = text.replaceAll(secret, '***');
  text = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** What of request headers must never be repeated: their values, and a value's part after its scheme (`Bearer `). */
export function secretsOf(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(headers).flatMap((value) => {
    const credential = value.slice(value.indexOf(' ') + 1);
    return credential === value ? [value] : [value, credential];
  });
}
