/** Ways to prove who asks. */
export const AUTH_KINDS = ['none', 'basic', 'bearer', 'sigv4', 'google', 'entra'] as const;

export type AuthKind = (typeof AUTH_KINDS)[number];

/** What tells the kind if `auth=` does not. */
interface Given {
  readonly auth?: AuthKind | undefined;
  readonly user?: string | undefined;
  readonly token?: string | undefined;
  readonly token_file?: string | undefined;
}

/** The kind that the options ask for; without `auth=`, that of what is given: a user, a token; else `byDefault`. */
export function authKindOf(
  options: Given,
  uri: { readonly user: string | undefined },
  byDefault: AuthKind = 'none',
): AuthKind {
  if (options.auth !== undefined) return options.auth;
  if (uri.user !== undefined || options.user !== undefined) return 'basic';
  return options.token === undefined && options.token_file === undefined ? byDefault : 'bearer';
}
