import { isIPv6 } from 'node:net';
import type { ComponentUri } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { ConfigError, HeaplessError } from '../core/errors.ts';
import { MINUTE } from '../core/units.ts';
import { checkAuthority } from './certificates.ts';
import type { ClusterDeps } from './cluster-deps.ts';
import type { ClusterConnection } from './connector.ts';
import { createLogin, type LoginHeaders } from './login.ts';
import { checkToken, readText } from './read-text.ts';
import { parseServerUrl } from './server-url.ts';
import { ACCOUNT_AUTHORITY, ACCOUNT_TOKEN } from './service-account.ts';
import type { SourceOptions } from './source-options.ts';

/** How long a token that was read from a file is used before the file is read again: client-go's minute. */
const TOKEN_HOLD = MINUTE;

/**
 * Connects with the pod's service account, or to a given address with a given credential; a host in the URI replaces
 * the account's address, and `token`, `token_file`, `ca_file` replace its files.
 */
export async function connectDirect(
  uri: ComponentUri,
  options: SourceOptions,
  deps: ClusterDeps,
): Promise<ClusterConnection> {
  const hasLogin = options.token !== undefined || options.token_file !== undefined || uri.user !== undefined;
  const inCluster = options.inClusterConfig ?? !(uri.host !== '' && hasLogin);
  try {
    const server = serverOf(uri, options, deps.env);
    const load = loginOf(uri, options, { inCluster, ...deps });
    return {
      server,
      ca: await authorityOf(options, { inCluster, ...deps }),
      serverName: options.server_name,
      insecure: options.insecure,
      clientCertificate: undefined,
      authenticate: createLogin({ load, first: await load(), clock: deps.clock }),
    };
  } catch (error) {
    if (!(error instanceof HeaplessError)) throw error;
    const advice = inCluster && error.code === 'cluster_file' ? `; ${outsideAdvice(uri)}` : '';
    throw new ConfigError([{ where: `source ${uri.key}`, problem: `${error.message}${advice}` }], error);
  }
}

function outsideAdvice(uri: ComponentUri): string {
  const address = uri.host === '' ? 'https://HOST:PORT with ' : '';
  return `outside a pod give ${address}token= or token_file=, or auth= with a kubeconfig`;
}

function serverOf(uri: ComponentUri, options: SourceOptions, env: ClusterDeps['env']): string {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  if (uri.host === '' && host === '') {
    const problem = `no cluster is named, and this is no pod (KUBERNETES_SERVICE_HOST is not set); ${outsideAdvice(uri)}`;
    throw new HeaplessError(problem, { code: 'cluster_address' });
  }
  const port = env['KUBERNETES_SERVICE_PORT'] || '443';
  const own = (): string => `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const parsed = parseServerUrl(uri.host === '' ? own() : `${uri.scheme}://${uri.host}${uri.path}`, options);
  if ('problem' in parsed) throw new HeaplessError(parsed.problem, { code: 'cluster_address' });
  return parsed.server;
}

type DirectDeps = Pick<ClusterDeps, 'readFile'> & { readonly clock: Clock; readonly inCluster: boolean };

async function authorityOf(options: SourceOptions, deps: DirectDeps): Promise<string | undefined> {
  const path = options.ca_file ?? (deps.inCluster && !options.insecure ? ACCOUNT_AUTHORITY : undefined);
  if (path === undefined) return undefined;
  const what = options.ca_file === undefined ? "the service account's CA" : 'ca_file';
  return checkAuthority(await readText(what, path, deps.readFile), `${what} ${path}`, deps.clock.now());
}

function loginOf(uri: ComponentUri, options: SourceOptions, deps: DirectDeps): () => Promise<LoginHeaders> {
  const forever = Number.POSITIVE_INFINITY;
  if (options.token !== undefined) {
    const { token } = options;
    return async () => ({ headers: { authorization: `Bearer ${checkToken(token, 'token')}` }, until: forever });
  }
  if (uri.user !== undefined) {
    const basic = Buffer.from(`${uri.user}:${uri.password ?? ''}`).toString('base64');
    return async () => ({ headers: { authorization: `Basic ${basic}` }, until: forever });
  }
  const fromAccount = deps.inCluster || options.useServiceAccount;
  const path = options.token_file ?? (fromAccount ? ACCOUNT_TOKEN : undefined);
  if (path === undefined) return async () => ({ headers: {}, until: forever });
  const what = options.token_file === undefined ? "the service account's token" : 'token_file';
  return async () => {
    const token = checkToken(await readText(what, path, deps.readFile), `${what} ${path}`);
    return { headers: { authorization: `Bearer ${token}` }, until: deps.clock.now() + TOKEN_HOLD };
  };
}
