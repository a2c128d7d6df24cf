import type { RequestOptions } from 'node:https';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { describeError, HeaplessError } from '../core/errors.ts';
import { MINUTE, SECOND, type UnixMillis } from '../core/units.ts';
import type { ClusterDeps } from './cluster-deps.ts';
import { PLUGIN_TIMEOUT, runExecPlugin } from './exec-plugin.ts';
import type { KubeconfigUser, SelectedContext } from './kubeconfig-document.ts';
import type { LoginHeaders } from './login.ts';
import { checkToken, readText } from './read-text.ts';

/** A login by kubeconfig: headers, and a client certificate if an exec plugin gave one. */
export interface KubeconfigLogin extends LoginHeaders {
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
}

export interface LoginDeps extends Pick<ClusterDeps, 'env' | 'readFile' | 'clock'> {
  readonly createKubeConfig: () => KubeConfig;
}

/** Tokens of files and providers are asked for again after this time; the providers keep theirs until they end. */
const HOLD = MINUTE;

/** A token is not used in its last seconds. */
const MARGIN = 10 * SECOND;

/**
 * Logs in as a kubeconfig's user says: token, token file, exec plugin, auth provider (OIDC, gcp, azure: client-node's), or
 * user and password; a token comes before the others, as in client-go. Client certificates need no headers.
 * The returned function keeps what the providers know (refresh tokens) between calls for the same user.
 */
export function createKubeconfigLogin(
  deps: LoginDeps,
): (selected: SelectedContext, options: { readonly renew: boolean }) => Promise<KubeconfigLogin> {
  let provider: { readonly of: string; readonly config: KubeConfig } | undefined;
  return async (selected, { renew }) => {
    const { user } = selected;
    const impersonation = impersonationHeaders(user);
    const bearer = (token: string, until: UnixMillis): KubeconfigLogin => ({
      headers: { authorization: `Bearer ${token}`, ...impersonation },
      until,
      certificate: undefined,
    });
    const hold = deps.clock.now() + HOLD;
    if (user.tokenFile) {
      const text = await readText('tokenFile', user.tokenFile, deps.readFile);
      return bearer(checkToken(text, `tokenFile ${user.tokenFile}`), hold);
    }
    if (user.token) return bearer(checkToken(user.token, `the token of user "${selected.userName}"`), hold);
    if (user.exec) {
      const login = await execLogin(selected, deps);
      return { ...login, headers: { ...login.headers, ...impersonation } };
    }
    const identity = JSON.stringify(user);
    if (provider?.of !== identity) provider = { of: identity, config: providerConfig(selected, deps) };
    if (renew) expireCommandToken(provider.config.getCurrentUser());
    const headers = await providerHeaders(selected, provider.config);
    return { headers: { ...headers, ...impersonation }, until: hold, certificate: undefined };
  };
}

async function execLogin({ user, cluster }: SelectedContext, deps: LoginDeps): Promise<KubeconfigLogin> {
  if (!user.exec) throw new RangeError('no exec plugin');
  const name = `exec plugin "${user.exec.command}"`;
  const credential = await runExecPlugin({ settings: user.exec, cluster, env: deps.env, timeout: PLUGIN_TIMEOUT });
  const end = credential.expirationTimestamp ? Date.parse(credential.expirationTimestamp) : Number.POSITIVE_INFINITY;
  if (end <= deps.clock.now()) {
    const problem = `${name} gave a credential that ended at ${credential.expirationTimestamp}; log in with it again`;
    throw new HeaplessError(problem, { code: 'cluster_plugin' });
  }
  const { token, clientCertificateData: cert, clientKeyData: key } = credential;
  return {
    headers: token ? { authorization: `Bearer ${checkToken(token, `the token of ${name}`)}` } : {},
    until: end - MARGIN,
    certificate: cert && key ? { cert, key } : undefined,
  };
}

/** Only what logs in goes to client-node: it would read certificate files again each time, and refuse http servers. */
function providerConfig({ user, userName }: SelectedContext, deps: LoginDeps): KubeConfig {
  const config = deps.createKubeConfig();
  const login: User = {
    name: userName,
    ...(user['auth-provider'] ? { authProvider: withIssuerUrl(structuredClone(user['auth-provider'])) } : {}),
    ...(user.username ? { username: user.username, password: user.password ?? '' } : {}),
  };
  config.loadFromClusterAndUser({ name: 'cluster', server: 'https://cluster.invalid', skipTLSVerify: false }, login);
  return config;
}

/** client-node 2.0.1 hands the issuer's text to openid-client 6, which takes a URL object only: no token is ever renewed. */
function withIssuerUrl<P extends { readonly config?: unknown }>(provider: P): P {
  const config = provider.config as Record<string, unknown> | null | undefined;
  const issuer = config?.['idp-issuer-url'];
  if (config && typeof issuer === 'string' && URL.canParse(issuer)) config['idp-issuer-url'] = new URL(issuer);
  return provider;
}

/** After a 401 the tokens that gcp and azure took from a command are taken from it again, though not at their end. */
function expireCommandToken(user: User | null): void {
  const config = (user?.authProvider as { readonly config?: Record<string, unknown> } | undefined)?.config;
  if (config?.['cmd-path'] !== undefined) config['expiry'] = new Date(0).toISOString();
}

async function providerHeaders(
  { user, userName }: SelectedContext,
  config: KubeConfig,
): Promise<Readonly<Record<string, string>>> {
  const provider = user['auth-provider']?.name;
  const what = provider === undefined ? `user "${userName}"` : `auth-provider "${provider}" of user "${userName}"`;
  const options: RequestOptions = {};
  try {
    await withinTime(config.applyToHTTPSOptions(options));
  } catch (cause) {
    const said = describeError(cause).replaceAll(/[\w.+=-]{32,}/g, '***');
    throw new HeaplessError(`${what} gave no credential: ${said}`, { code: 'cluster_plugin', cause });
  }
  const header = (options.headers as Readonly<Record<string, unknown>> | undefined)?.['Authorization'];
  if (typeof header === 'string') {
    const token = checkToken(header.replace(/^Bearer /, ''), `the token of ${what}`);
    return { authorization: `Bearer ${token}` };
  }
  if (typeof options.auth === 'string') {
    return { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` };
  }
  if (provider === undefined) return {};
  const problem = `${what} gave no token: it has ended and cannot be renewed, or the provider is not known; log in again`;
  throw new HeaplessError(problem, { code: 'cluster_plugin' });
}

async function withinTime(work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${PLUGIN_TIMEOUT / SECOND} s`)), PLUGIN_TIMEOUT);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function impersonationHeaders(user: KubeconfigUser): Readonly<Record<string, string>> {
  const groups = user['as-groups'] ?? [];
  const unsupported = groups.length > 1 || Object.keys(user['as-user-extra'] ?? {}).length > 0;
  if (unsupported) {
    const problem = 'as-user-extra, and as-groups with several groups, are not supported; use an identity of its own';
    throw new HeaplessError(problem, { code: 'cluster_kubeconfig' });
  }
  return {
    ...(user.as ? { 'impersonate-user': user.as } : {}),
    ...(user['as-uid'] ? { 'impersonate-uid': user['as-uid'] } : {}),
    ...(groups[0] === undefined ? {} : { 'impersonate-group': groups[0] }),
  };
}
