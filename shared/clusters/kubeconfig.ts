import { ConfigError, HeaplessError } from '../core/errors.ts';
import { MINUTE } from '../core/units.ts';
import { checkAuthority, checkClientCertificate } from './certificates.ts';
import type { ClusterDeps } from './cluster-deps.ts';
import type { ClusterConnection } from './connector.ts';
import { type SelectedContext, selectContext } from './kubeconfig-document.ts';
import { loadKubeconfig } from './kubeconfig-files.ts';
import type { KubeconfigLocation } from './kubeconfig-location.ts';
import { createKubeconfigLogin } from './kubeconfig-login.ts';
import { createLogin, type LoginHeaders } from './login.ts';
import { checkToken, readText } from './read-text.ts';
import { parseServerUrl } from './server-url.ts';
import { ACCOUNT_TOKEN } from './service-account.ts';
import type { SourceOptions } from './source-options.ts';

export interface KubeconfigInput {
  readonly where: string;
  readonly location: KubeconfigLocation;
  readonly options: Pick<SourceOptions, 'context' | 'insecure' | 'useServiceAccount'>;
}

export interface KubeconfigDeps extends ClusterDeps {
  /** client-node, which the registry loads only for a kubeconfig. */
  readonly kubernetes: Pick<typeof import('@kubernetes/client-node'), 'KubeConfig' | 'loadYaml'>;
}

/**
 * Connects as a kubeconfig says. Logs in once, so that a file, certificate or plugin that is wrong is a `ConfigError` here.
 * A renewal reads the files again: a login that another program refreshed there is found.
 */
export async function connectKubeconfig(input: KubeconfigInput, deps: KubeconfigDeps): Promise<ClusterConnection> {
  const { KubeConfig, loadYaml } = deps.kubernetes;
  const { location, options } = input;
  const login = createKubeconfigLogin({ ...deps, createKubeConfig: () => new KubeConfig() });
  const select = async (): Promise<SelectedContext> =>
    selectContext(await loadKubeconfig(location, { ...deps, loadYaml }), options.context, location.shown);
  try {
    let selected = await select();
    const material = await materialOf(selected, input, deps);
    let certificate = material.clientCertificate;
    const load = async ({ renew }: { readonly renew: boolean }): Promise<LoginHeaders> => {
      if (options.useServiceAccount) return accountLogin(deps);
      if (renew) selected = await select();
      const result = await login(selected, { renew });
      if (result.certificate !== undefined) {
        const name = `the certificate of exec plugin "${selected.user.exec?.command}"`;
        certificate = checkClientCertificate(result.certificate, { cert: name, key: name }, deps.clock.now());
      }
      return result;
    };
    const first = await load({ renew: false });
    return {
      ...material,
      get clientCertificate() {
        return certificate;
      },
      authenticate: createLogin({ load, first, clock: deps.clock }),
    };
  } catch (error) {
    if (!(error instanceof HeaplessError) || error instanceof ConfigError) throw error;
    throw new ConfigError([{ where: input.where, problem: error.message }], error);
  }
}

/** The pod's own token in the place of the kubeconfig's login: Heapster's `useServiceAccount`. */
async function accountLogin(deps: ClusterDeps): Promise<LoginHeaders> {
  const what = "the service account's token";
  const text = await readText(what, ACCOUNT_TOKEN, deps.readFile);
  const authorization = `Bearer ${checkToken(text, `${what} ${ACCOUNT_TOKEN}`)}`;
  return { headers: { authorization }, until: deps.clock.now() + MINUTE };
}

/** Address and TLS material of the selected cluster and user; embedded data comes before files, as in client-go. */
async function materialOf(
  { cluster, user, userName }: SelectedContext,
  { location, options }: KubeconfigInput,
  deps: ClusterDeps,
): Promise<Omit<ClusterConnection, 'authenticate'>> {
  const fail = (problem: string): never => {
    throw new HeaplessError(`kubeconfig ${location.shown}: ${problem}`, { code: 'cluster_kubeconfig' });
  };
  const insecure = options.insecure || cluster['insecure-skip-tls-verify'] === true;
  const address = parseServerUrl(cluster.server, { insecure: options.insecure });
  if ('problem' in address) return fail(address.problem);
  if (cluster['proxy-url']) fail('proxy-url is not supported; the API server must be reachable directly');
  const pem = async (data: string | null | undefined, path: string | null | undefined, what: string) => {
    if (data)
      return { name: `${what}-data in kubeconfig ${location.shown}`, text: Buffer.from(data, 'base64').toString() };
    return path ? { name: `${what} ${path}`, text: await readText(what, path, deps.readFile) } : undefined;
  };
  const caName = 'certificate-authority';
  const ca = insecure ? undefined : await pem(cluster[`${caName}-data`], cluster[caName], caName);
  const cert = await pem(user['client-certificate-data'], user['client-certificate'], 'client-certificate');
  const key = await pem(user['client-key-data'], user['client-key'], 'client-key');
  if ((cert === undefined) !== (key === undefined)) {
    fail(`user "${userName}" has a client certificate without its key, or the reverse`);
  }
  const now = deps.clock.now();
  const pair =
    cert && key
      ? checkClientCertificate({ cert: cert.text, key: key.text }, { cert: cert.name, key: key.name }, now)
      : undefined;
  return {
    server: address.server,
    ca: ca && checkAuthority(ca.text, ca.name, now),
    serverName: cluster['tls-server-name'] ?? undefined,
    insecure,
    clientCertificate: pair,
  };
}
