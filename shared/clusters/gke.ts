import { MINUTE } from '../core/units.ts';
import type { CloudAddress } from './cloud-address.ts';
import { cloudAuthority } from './cloud-authority.ts';
import type { CloudOptions } from './cloud-options.ts';
import { cloudProblem, noCredentials } from './cloud-problem.ts';
import { askCloud, type CloudAnswer, textOf, toObject } from './cloud-request.ts';
import type { ClusterDeps } from './cluster-deps.ts';
import type { ClusterConnection, ClusterRefusal } from './connector.ts';
import type { GoogleToken, GoogleTokens } from './google-token.ts';
import { createLogin, type LoginHeaders } from './login.ts';

type GkeAddress = Extract<CloudAddress, { cloud: 'gke' }>;

const API = 'https://container.googleapis.com';
const MARGIN = 2 * MINUTE;
const UNKNOWN_LIFE = 5 * MINUTE;

export interface GkeDeps extends Pick<ClusterDeps, 'clock'> {
  /** Opens a new way to tokens: what libraries remember of a refused one is of no use. */
  readonly open: () => Promise<GoogleTokens>;
  /** Where the identity comes from, for messages. */
  readonly source: string;
}

/**
 * Connects to a GKE cluster: the container API tells where it is, Google's access token who we are. Rejects with
 * `HeaplessError` (codes `cluster_credentials`, `cluster_unknown`, `cluster_cloud`).
 */
export async function connectGke(
  address: GkeAddress,
  options: CloudOptions,
  { open, source, clock }: GkeDeps,
): Promise<ClusterConnection> {
  let tokens: GoogleTokens | undefined;
  const tokenOf = async (renew: boolean): Promise<GoogleToken> => {
    try {
      if (renew || tokens === undefined) tokens = await open();
      return await tokens();
    } catch (error) {
      tokens = undefined;
      throw noCredentials(address, source, error);
    }
  };
  const { project, location, name } = address;
  const path = `/v1/projects/${project}/locations/${location}/clusters/${name}`;
  const base = (options.cloud_endpoint ?? API).replace(/\/+$/, '');
  const { token } = await tokenOf(false);
  const answer = await askCloud(address, { method: 'GET', url: new URL(`${base}${path}`), token }, clock);
  if (answer.status !== 200) throw gkeProblem(address, answer, source);
  const load = async ({ renew }: { readonly renew: boolean }): Promise<LoginHeaders> => {
    const { token: bearer, until } = await tokenOf(renew);
    const end = until === undefined ? clock.now() + UNKNOWN_LIFE : until - MARGIN;
    return { headers: { authorization: `Bearer ${bearer}` }, until: end };
  };
  return {
    ...cloudAuthority(address, endpointOf(address, answer.body, options.endpoint), clock.now()),
    serverName: undefined,
    insecure: false,
    clientCertificate: undefined,
    authenticate: createLogin({ load, first: undefined, clock }),
    advise: (refusal) => gkeAdvice(address, refusal, source),
  };
}

/**
 * Address and CA of the endpoint that is wanted; the DNS endpoint has a public certificate.
 * https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters (read 2026-11-24)
 */
function endpointOf(
  address: GkeAddress,
  cluster: CloudAnswer['body'],
  wanted: CloudOptions['endpoint'],
): { readonly server: string; readonly data: string | undefined } {
  const endpoints = toObject(cluster['controlPlaneEndpointsConfig']);
  const dns = toObject(endpoints['dnsEndpointConfig']);
  const ip = toObject(endpoints['ipEndpointsConfig']);
  const dnsHost = textOf(dns['endpoint']);
  if (wanted === 'dns' || (wanted === undefined && dnsHost !== '' && dns['allowExternalTraffic'] === true)) {
    if (dnsHost !== '') return { server: `https://${dnsHost}`, data: undefined };
  }
  const privateHost =
    textOf(ip['privateEndpoint']) || textOf(toObject(cluster['privateClusterConfig'])['privateEndpoint']);
  const publicHost = textOf(ip['publicEndpoint']) || textOf(cluster['endpoint']);
  const host = { dns: '', private: privateHost, public: publicHost }[wanted ?? 'public'];
  const data = textOfAny(toObject(cluster['masterAuth'])['clusterCaCertificate']);
  if (host === '' || data === '') {
    const status = textOf(cluster['status']) || 'in no known state';
    const kind = wanted === undefined ? '' : `${wanted} `;
    throw cloudProblem(address, 'unknown', `the cluster is ${status} and has no ${kind}endpoint`);
  }
  return { server: `https://${host}`, data };
}

function textOfAny(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function gkeProblem(address: GkeAddress, { status, error }: CloudAnswer, source: string) {
  const { project, location } = address;
  const said = error.message === '' ? `HTTP ${status}` : error.message;
  if (status === 401) {
    return cloudProblem(address, 'credentials', `Google does not accept the credentials from ${source}: ${said}`);
  }
  if (status === 403) {
    const grant = `gcloud projects add-iam-policy-binding ${project} --member=serviceAccount:EMAIL --role=roles/container.clusterViewer`;
    return cloudProblem(address, 'cloud', `may not look the cluster up (${said}): ${grant}`);
  }
  if (status === 404) {
    const list = `gcloud container clusters list --project ${project}`;
    return cloudProblem(address, 'unknown', `Google knows no such cluster in ${location}: ${list}`);
  }
  const redirect = status >= 300 && status < 400 ? '; a redirect is not followed' : '';
  return cloudProblem(address, 'cloud', `the container API answered ${status}: ${said}${redirect}`, {
    retryable: status === 429 || status >= 500,
  });
}

function gkeAdvice({ project }: GkeAddress, { status, user }: ClusterRefusal, source: string): string {
  if (status === 401)
    return `the token from ${source} is not Google's, or has ended; check that identity and service_account=`;
  const who = user ?? 'EMAIL';
  return `Google knows us, but we have no rights in the cluster: kubectl create clusterrolebinding heapless-google --clusterrole=heapless-collector --user=${who} (project ${project})`;
}
