import type { AccessToken, TokenCredential } from '@azure/identity';
import type { HeaplessError } from '../core/errors.ts';
import { MINUTE } from '../core/units.ts';
import type { CloudAddress } from './cloud-address.ts';
import { cloudAuthority } from './cloud-authority.ts';
import type { CloudOptions } from './cloud-options.ts';
import { cloudProblem, noCredentials } from './cloud-problem.ts';
import { askCloud, type CloudAnswer, toObject } from './cloud-request.ts';
import type { ClusterDeps } from './cluster-deps.ts';
import type { ClusterConnection, ClusterRefusal } from './connector.ts';
import { type KubeconfigCluster, parseKubeconfig, selectContext } from './kubeconfig-document.ts';
import { createLogin, type LoginHeaders } from './login.ts';

type AksAddress = Extract<CloudAddress, { cloud: 'aks' }>;

/** The Entra server application of AKS, the same for every cluster. */
const AKS_SCOPE = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';
const API = 'https://management.azure.com';
const API_VERSION = '2025-05-01';
const MARGIN = 2 * MINUTE;
const LONGEST = 15_000;

export interface AksDeps extends Pick<ClusterDeps, 'clock'> {
  /** Opens a new credential: what libraries remember of a refused token is of no use. */
  readonly open: () => TokenCredential;
  readonly source: string;
  readonly loadYaml: (text: string) => unknown;
}

/**
 * Connects to an AKS cluster: the kubeconfig of its users, from the resource manager, tells where it is; an Entra token for
 * the AKS server application who we are. Rejects with `HeaplessError` (codes `cluster_credentials`, `cluster_unknown`,
 * `cluster_cloud`, `cluster_kubeconfig`).
 */
export async function connectAks(
  address: AksAddress,
  options: CloudOptions,
  { open, source, loadYaml, clock }: AksDeps,
): Promise<ClusterConnection> {
  let credential: TokenCredential | undefined;
  const tokenFor = async (scope: string, renew: boolean): Promise<AccessToken> => {
    try {
      if (renew || credential === undefined) credential = open();
      const token = await credential.getToken(scope, { abortSignal: AbortSignal.timeout(LONGEST) });
      if (token === null) throw new Error('the credential gave no token');
      return token;
    } catch (error) {
      throw noCredentials(address, source, error);
    }
  };
  const base = (options.cloud_endpoint ?? API).replace(/\/+$/, '');
  const { token } = await tokenFor(`${base}/.default`, false);
  const answer = await askCloud(address, { method: 'POST', url: credentialUrl(base, address, options), token }, clock);
  if (answer.status !== 200) throw aksProblem(address, answer, source);
  const cluster = clusterOf(address, answer, loadYaml);
  const data = cluster['certificate-authority-data'] ?? undefined;
  const load = async ({ renew }: { readonly renew: boolean }): Promise<LoginHeaders> => {
    const bearer = await tokenFor(AKS_SCOPE, renew);
    return { headers: { authorization: `Bearer ${bearer.token}` }, until: bearer.expiresOnTimestamp - MARGIN };
  };
  return {
    ...cloudAuthority(address, { server: cluster.server, data }, clock.now()),
    serverName: cluster['tls-server-name'] ?? undefined,
    insecure: false,
    clientCertificate: undefined,
    authenticate: createLogin({ load, first: undefined, clock }),
    advise: (refusal) => aksAdvice(address, refusal),
  };
}

/** https://learn.microsoft.com/rest/api/aks/managed-clusters/list-cluster-user-credentials (read 2026-11-24) */
function credentialUrl(base: string, address: AksAddress, { endpoint }: CloudOptions): URL {
  const resource = `${scopeOf(address)}/listClusterUserCredential`;
  const url = new URL(`${base}${resource}`);
  url.searchParams.set('api-version', API_VERSION);
  if (endpoint === 'public') url.searchParams.set('server-fqdn', 'public');
  return url;
}

function scopeOf({ subscription, group, name }: AksAddress): string {
  return `/subscriptions/${subscription}/resourceGroups/${encodeURIComponent(group)}/providers/Microsoft.ContainerService/managedClusters/${name}`;
}

function clusterOf(address: AksAddress, { body }: CloudAnswer, loadYaml: AksDeps['loadYaml']): KubeconfigCluster {
  const [first] = Array.isArray(body['kubeconfigs']) ? (body['kubeconfigs'] as readonly unknown[]) : [];
  const value = toObject(first)['value'];
  if (typeof value !== 'string') {
    throw cloudProblem(address, 'unknown', 'the resource manager gave no kubeconfig: is the cluster running?');
  }
  const shown = 'from Azure';
  const document = parseKubeconfig(Buffer.from(value, 'base64').toString('utf8'), shown, loadYaml);
  const { cluster, user } = selectContext(document, undefined, shown);
  if (user['client-certificate-data'] || user.token) {
    const mend = `az aks update --resource-group ${address.group} --name ${address.name} --enable-aad`;
    const problem = `the cluster takes no Entra identities, only its own administrators' certificates: ${mend}`;
    throw cloudProblem(address, 'cloud', problem);
  }
  return cluster;
}

function aksProblem(address: AksAddress, { status, error }: CloudAnswer, source: string): HeaplessError {
  const { subscription, group, name } = address;
  const said = [error.code, error.message].filter((text) => text !== '').join(': ') || `HTTP ${status}`;
  if (status === 401) {
    const problem = `Azure does not accept the credentials from ${source} (${said}); check tenant and identity`;
    return cloudProblem(address, 'credentials', problem);
  }
  if (status === 403) {
    const role = '"Azure Kubernetes Service Cluster User Role"';
    const grant = `az role assignment create --assignee CLIENT_ID --role ${role} --scope ${scopeOf(address)}`;
    return cloudProblem(address, 'cloud', `may not look the cluster up: ${grant} (${said})`);
  }
  if (status === 404) {
    const list =
      error.code === 'SubscriptionNotFound'
        ? 'az account list'
        : `az aks list --subscription ${subscription} --output table`;
    const problem = `Azure knows no cluster ${JSON.stringify(name)} in group ${JSON.stringify(group)} (${error.code}): ${list}`;
    return cloudProblem(address, 'unknown', problem);
  }
  const redirect = status >= 300 && status < 400 ? '; a redirect is not followed' : '';
  return cloudProblem(address, 'cloud', `the resource manager answered ${status} (${said})${redirect}`, {
    retryable: status === 429 || status >= 500,
  });
}

function aksAdvice({ group, name }: AksAddress, { status, user }: ClusterRefusal): string {
  if (status === 401) {
    return `the cluster does not take this tenant's tokens: az aks show --resource-group ${group} --name ${name} --query aadProfile, and check tenant_id=`;
  }
  return `Entra knows us, but we have no rights in the cluster: kubectl create clusterrolebinding heapless-entra --clusterrole=heapless-collector --user=${user ?? 'OBJECT_ID'}`;
}
