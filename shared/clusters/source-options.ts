// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the references are shown in descriptions
import { CLOUD_SCHEMES } from '../config/cloud-cluster-name.ts';
import type { ComponentUri, ConfigNotice } from '../config/config.ts';
import { hint } from '../config/did-you-mean.ts';
import { booleanOption, textOption } from '../config/option-types.ts';
import { parseOptions } from '../config/options.ts';
import { ConfigError, type ConfigProblem } from '../core/errors.ts';
import * as z from '../core/zod.ts';
import { type CloudAddress, parseCloudAddress } from './cloud-address.ts';
import { CLOUD_FIELDS, cloudOptionProblems } from './cloud-options.ts';
import { ROUTE_FIELDS, routeNotices, routeProblems } from './route-options.ts';
import { parseServerUrl } from './server-url.ts';

/** Options of `kubernetes.summary_api`: Heapster's, then ours. */
export const SOURCE_OPTIONS = z.object({
  inClusterConfig: booleanOption(undefined).describe(
    "Use the pod's service account; a host in the URI replaces its address. True unless auth or a credential is given.",
  ),
  insecure: booleanOption(false).describe("Do not verify the API server's certificate, and allow http://."),
  auth: textOption({}).describe(
    'Path of a kubeconfig, or its text by ${secret:NAME}; empty = KUBECONFIG, then ~/.kube/config.',
  ),
  context: textOption({}).describe('Context of the kubeconfig; its current context if not given.'),
  useServiceAccount: booleanOption(false).describe("Log in with the pod's service account token."),
  host_id_annotation: textOption({}).describe('Node annotation that gives host_id where spec.externalID is empty.'),
  cluster_name: textOption({}).describe(
    'Name of the cluster in labels and dimensions; needed with several sources, but where a cloud names it (`eks://REGION/NAME`).',
  ),
  token: textOption({}).describe('Bearer token to log in with; give it by ${secret:NAME}.'),
  token_file: textOption({}).describe('File with the bearer token, read again as it rotates.'),
  ca_file: textOption({}).describe("PEM file that the API server's certificate must chain to."),
  server_name: textOption({}).describe("Name in the API server's certificate if it is not the host."),
  ...ROUTE_FIELDS,
  ...CLOUD_FIELDS,
});

export type SourceOptions = z.output<typeof SOURCE_OPTIONS>;

/** The options of a source, checked by themselves and together. Throws one `ConfigError` with all problems. */
export function parseSourceOptions(uri: ComponentUri): SourceOptions {
  const where = `source ${uri.key}`;
  const problems: ConfigProblem[] = addressProblems(uri).map((problem) => ({ where, problem }));
  let options: SourceOptions | undefined;
  try {
    options = parseOptions(uri, SOURCE_OPTIONS, where);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
  }
  if (options !== undefined) {
    problems.push(...contradictions(uri, options).map((problem) => ({ where, problem })));
  }
  if (options === undefined || problems.length > 0) throw new ConfigError(problems);
  return options;
}

/** What of a source is accepted but has no effect, in sentences. */
export function sourceNotices(uri: ComponentUri, options: SourceOptions): readonly ConfigNotice[] {
  return routeNotices(options).map((notice) => ({ where: `source ${uri.key}`, notice }));
}

function addressProblems(uri: ComponentUri): readonly string[] {
  const cloud = parseCloudAddress(uri);
  if (cloud !== undefined) return 'problems' in cloud ? cloud.problems : [];
  if (uri.scheme !== '' && uri.scheme !== 'https' && uri.scheme !== 'http') {
    const opaque = uri.host === '' && /^\d+$/.test(uri.path);
    if (opaque) return [`the address lacks a scheme; write https://${uri.scheme}:${uri.path}`];
    const guess = hint(uri.scheme, ['https', 'http', ...CLOUD_SCHEMES]) || ';';
    return [`unknown scheme ${JSON.stringify(uri.scheme)}${guess} an API server is https://HOST:PORT`];
  }
  if (uri.host === '') return uri.scheme === '' && uri.path === '' ? [] : ['the address must be https://HOST:PORT'];
  return uri.scheme === '' ? [`the address lacks a scheme; write https://${uri.host}`] : [];
}

/** Options that cannot all be meant; nothing is accepted and then ignored. */
function contradictions(uri: ComponentUri, options: SourceOptions): readonly string[] {
  const problems: string[] = [];
  const together = (first: string, others: readonly (readonly [string, boolean])[], why: string): void => {
    const given = others.filter(([, present]) => present).map(([name]) => name);
    if (given.length > 0) problems.push(`${first} cannot be used with ${given.join(', ')}: ${why}`);
  };
  const cloud = parseCloudAddress(uri);
  const scheme: CloudAddress['cloud'] | undefined =
    cloud === undefined ? undefined : CLOUD_SCHEMES.find((one) => one === uri.scheme);
  problems.push(...cloudOptionProblems(scheme, options));
  const { auth, token, token_file: tokenFile, inClusterConfig, useServiceAccount } = options;
  const login: readonly (readonly [string, boolean])[] = [
    ['token', token !== undefined],
    ['token_file', tokenFile !== undefined],
    ['a user in the address', uri.user !== undefined],
  ];
  if (scheme !== undefined) {
    const own: readonly (readonly [string, boolean])[] = [
      ['auth', auth !== undefined],
      ['context', options.context !== undefined],
      ['inClusterConfig', inClusterConfig !== undefined],
      ['useServiceAccount', useServiceAccount],
      ...login,
      ['ca_file', options.ca_file !== undefined],
      ['server_name', options.server_name !== undefined],
      ['insecure', options.insecure],
    ];
    together(`${scheme}://`, own, 'the cloud says how to reach the cluster');
  } else if (auth !== undefined) {
    const own: readonly (readonly [string, boolean])[] = [
      ['a host', uri.host !== ''],
      ['inClusterConfig=true', inClusterConfig === true],
      ...login,
      ['ca_file', options.ca_file !== undefined],
      ['server_name', options.server_name !== undefined],
    ];
    together('auth', own, 'the kubeconfig says how to reach the cluster');
  } else {
    const logins = [...login, ['useServiceAccount', useServiceAccount] as const].filter(([, present]) => present);
    if (logins.length > 1) problems.push(`${logins.map(([name]) => name).join(', ')} are several logins; give one`);
    if (options.context !== undefined) problems.push('context needs auth: it is a context of a kubeconfig');
    if (inClusterConfig === false && uri.host === '') {
      problems.push('inClusterConfig=false needs an address, https://HOST:PORT, or auth= with a kubeconfig');
    }
    if (uri.host !== '' && (uri.scheme === 'https' || uri.scheme === 'http')) {
      const parsed = parseServerUrl(`${uri.scheme}://${uri.host}${uri.path}`, options);
      if ('problem' in parsed) problems.push(parsed.problem);
    }
  }
  if (options.insecure && options.ca_file !== undefined)
    problems.push('insecure cannot be used with ca_file: it turns verification off');
  return [...problems, ...routeProblems(options)];
}
