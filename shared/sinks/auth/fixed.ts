import type { Authorizer } from './authorizer.ts';

/** Headers that never change: no authentication, a password, a token. */
export function createFixedAuthorizer(source: string, headers: Readonly<Record<string, string>>): Authorizer {
  return { source, authorize: async () => headers, renew() {} };
}

/** The header of a user and password (RFC 7617). */
export function basicHeaders(user: string, password: string): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
