import type { ComponentUri } from '../../config/config.ts';
import { AUTH_KINDS, type AuthKind, authKindOf } from './auth-kind.ts';
import { type AuthOptions, authFieldNames } from './auth-options.ts';
import { signingOf } from './aws-host.ts';

/** Text that may stand in a header. */
const PRINTABLE = /^[\x21-\x7e]+$/;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * What is wrong with the options of `authOptions` together and with the address; empty if nothing is. Options that the
 * sink has defaults for or reads elsewhere too (`region` of an endpoint, `scope` by default) are named in `shared`.
 */
export function authProblems(
  options: AuthOptions,
  uri: ComponentUri,
  settings: { readonly byDefault?: AuthKind; readonly shared?: readonly (keyof AuthOptions)[] } = {},
): readonly string[] {
  const kind = authKindOf(options, uri, settings.byDefault);
  const read = new Set([...authFieldNames(kind), ...(settings.shared ?? [])]);
  const others = AUTH_KINDS.flatMap((other) => authFieldNames(other));
  const unread = [...new Set(others)].filter((name) => !read.has(name) && options[name] !== undefined);
  const problems = unread.map((name) => `${name} has no effect with auth=${kind}; remove it or set another auth=`);
  if (uri.user !== undefined && kind !== 'basic') {
    problems.push(`has a user in the address, which has no effect with auth=${kind}`);
  }
  return [...problems, ...PROBLEMS[kind](options, uri)];
}

const PROBLEMS: Readonly<Record<AuthKind, (options: AuthOptions, uri: ComponentUri) => readonly string[]>> = {
  none: () => [],
  basic: basicProblems,
  bearer: bearerProblems,
  sigv4: ({ region, aws_service }, { host }) => {
    const { service } = signingOf(host);
    const problems =
      (aws_service ?? service) === undefined
        ? ['auth=sigv4 needs aws_service=, because the host name does not tell the service']
        : [];
    const odd = (
      [
        ['region', region],
        ['aws_service', aws_service],
      ] as const
    ).filter(([, value]) => value !== undefined && !/^[a-z0-9-]+$/.test(value));
    return [...problems, ...odd.map(([name]) => `${name} must be lower-case letters, digits and "-"`)];
  },
  google: tokenProblems,
  entra: tokenProblems,
};

function basicProblems(options: AuthOptions, uri: ComponentUri): readonly string[] {
  const problems: string[] = [];
  if (uri.user !== undefined && options.user !== undefined) problems.push('has a user in the address and in user=');
  if (uri.password !== undefined && options.password !== undefined) {
    problems.push('has a password in the address and in password=');
  }
  const user = uri.user ?? options.user;
  if (user === undefined || user === '') problems.push('auth=basic needs a user, as user= or in the address');
  if (user?.includes(':')) problems.push('has a user with a ":", which basic authentication cannot send');
  return problems;
}

function bearerProblems({ token, token_file }: AuthOptions): readonly string[] {
  if (token !== undefined && token_file !== undefined) return ['takes token= or token_file=, not both'];
  if (token === undefined && token_file === undefined) return ['auth=bearer needs token= or token_file='];
  if (token_file === '') return ['token_file must not be empty'];
  if (token !== undefined && !PRINTABLE.test(token.trim())) {
    return ['token must be one word of printable characters; it is empty or has white space inside'];
  }
  return [];
}

/** Tokens of clouds reach far: they do not go out unencrypted, but to this machine. */
function tokenProblems({ scope }: AuthOptions, { scheme, host }: ComponentUri): readonly string[] {
  const problems = scheme === 'http' && !LOOPBACK.test(host) ? ['needs https://, to keep the token secret'] : [];
  return scope === undefined || PRINTABLE.test(scope) ? problems : [...problems, 'scope must be one word'];
}
