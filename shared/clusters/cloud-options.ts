import { choiceOption, textOption } from '../config/option-types.ts';
import type * as z from '../core/zod.ts';
import type { CloudAddress } from './cloud-address.ts';
import { parseServerUrl } from './server-url.ts';

/** Clouds that can say who we are. */
export const IDENTITY_CLOUDS = ['aws', 'google', 'azure'] as const;
export type IdentityCloud = (typeof IDENTITY_CLOUDS)[number];

/** Options of sources with `eks://`, `gke://` and `aks://`. */
export const CLOUD_FIELDS = {
  role_arn: textOption({}).describe('Role to assume for this cluster (`eks://`), e.g. one in its own account.'),
  external_id: textOption({}).describe('External id that the trust of `role_arn` asks for (`eks://`).'),
  identity: choiceOption(IDENTITY_CLOUDS, {}).describe(
    "Cloud whose identity is shown to the cluster's cloud, without a stored secret; the cluster's own cloud if not given.",
  ),
  identity_token_file: textOption({}).describe(
    "File with an OIDC token that is shown to the cluster's cloud in the place of `identity`; read again as it rotates.",
  ),
  identity_audience: textOption({}).describe(
    "Audience of the token that `identity` asks for; what the cluster's cloud usually expects if not given.",
  ),
  workload_identity_provider: textOption({}).describe(
    'Provider of Google that trusts the identity (`gke://`): `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/NAME`.',
  ),
  service_account: textOption({}).describe('Service account of Google to act as (`gke://`).'),
  tenant_id: textOption({}).describe('Entra tenant of the cluster (`aks://`).'),
  client_id: textOption({}).describe(
    'Client id (`aks://`): of a user-assigned managed identity, or of the app that trusts the identity of another cloud.',
  ),
  endpoint: choiceOption(['dns', 'public', 'private'], {}).describe(
    'Which address of the API server to use: `dns`, `public` or `private` (`gke://`; the DNS endpoint if it is open, else the public one), `public` or `private` (`aks://`).',
  ),
  cloud_endpoint: textOption({}).describe(
    "Address of the cloud's own API that tells where the cluster is: for sovereign clouds and private links.",
  ),
} as const;

export type CloudOptions = { readonly [Name in keyof typeof CLOUD_FIELDS]: z.output<(typeof CLOUD_FIELDS)[Name]> };

type Name = keyof CloudOptions;

const EVERYWHERE: readonly Name[] = ['identity', 'identity_token_file', 'identity_audience', 'cloud_endpoint'];
const READ: Readonly<Record<CloudAddress['cloud'], readonly Name[]>> = {
  eks: [...EVERYWHERE, 'role_arn', 'external_id'],
  gke: [...EVERYWHERE, 'workload_identity_provider', 'service_account', 'endpoint'],
  aks: [...EVERYWHERE, 'tenant_id', 'client_id', 'endpoint'],
};
const OWN: Readonly<Record<CloudAddress['cloud'], IdentityCloud>> = { eks: 'aws', gke: 'google', aks: 'azure' };
const FORMS: readonly (readonly [Name, RegExp, string])[] = [
  ['role_arn', /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'arn:aws:iam::ACCOUNT:role/NAME'],
  ['external_id', /^[\w+=,.@:/-]{2,1224}$/, '2 to 1224 letters, digits and + = , . @ : / -'],
  [
    'workload_identity_provider',
    /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+\/providers\/[a-z0-9-]+$/,
    'projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/NAME',
  ],
  ['service_account', /^[^@\s/]+@[a-z0-9.-]+$/, 'an address such as collector@PROJECT.iam.gserviceaccount.com'],
  ['tenant_id', /^[\w.-]+$/, 'an id or domain of a tenant'],
  ['client_id', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'a client id (GUID)'],
];

/** The identity that is not the cluster's own cloud's: another cloud's, or a token in a file. */
export function foreignIdentity(
  cloud: CloudAddress['cloud'],
  options: CloudOptions,
): IdentityCloud | 'file' | undefined {
  if (options.identity_token_file !== undefined) return 'file';
  return options.identity === OWN[cloud] ? undefined : options.identity;
}

/** What is wrong with the options of a cloud's cluster; `cloud` undefined = the source has another address. */
export function cloudOptionProblems(
  cloud: CloudAddress['cloud'] | undefined,
  options: CloudOptions,
): readonly string[] {
  const given = (Object.keys(CLOUD_FIELDS) as Name[]).filter((name) => options[name] !== undefined);
  const problems = given
    .filter((name) => cloud === undefined || !READ[cloud].includes(name))
    .map((name) => {
      const readers = Object.entries(READ).filter(([, names]) => names.includes(name));
      return `${name} needs an address of ${readers.map(([reader]) => `${reader}://`).join(' or ')}`;
    });
  if (cloud === undefined || problems.length > 0) return problems;
  for (const [name, form, such] of FORMS) {
    const text = options[name];
    if (text !== undefined && !form.test(text)) problems.push(`${name} must be ${such}, got ${JSON.stringify(text)}`);
  }
  if (cloud === 'aks' && options.endpoint === 'dns') problems.push('endpoint=dns is for gke://; use public or private');
  if (options.cloud_endpoint !== undefined) {
    const parsed = parseServerUrl(options.cloud_endpoint, { insecure: false });
    if ('problem' in parsed)
      problems.push(`cloud_endpoint must be https://HOST, got ${JSON.stringify(options.cloud_endpoint)}`);
  }
  return [...problems, ...identityProblems(cloud, options)];
}

/** What the cluster's cloud must know to trust another's identity. */
function identityProblems(cloud: CloudAddress['cloud'], options: CloudOptions): readonly string[] {
  const problems: string[] = [];
  const foreign = foreignIdentity(cloud, options);
  const what = foreign === 'file' ? 'identity_token_file' : `identity=${foreign}`;
  if (options.identity !== undefined && options.identity_token_file !== undefined) {
    problems.push('identity and identity_token_file are two identities; give one');
  }
  const needed: Readonly<Record<CloudAddress['cloud'], readonly Name[]>> = {
    eks: ['role_arn'],
    gke: ['workload_identity_provider'],
    aks: ['tenant_id', 'client_id'],
  };
  const missing = foreign === undefined ? [] : needed[cloud].filter((name) => options[name] === undefined);
  if (missing.length > 0) problems.push(`${what} needs ${missing.join(' and ')} at ${cloud.toUpperCase()}`);
  if (options.external_id !== undefined && (options.role_arn === undefined || foreign !== undefined)) {
    problems.push('external_id needs role_arn, and no identity of another cloud');
  }
  if (options.workload_identity_provider !== undefined && foreign === undefined) {
    problems.push('workload_identity_provider needs identity= or identity_token_file=');
  }
  const audienceIsRead = foreign === 'google' || foreign === 'azure' || (foreign === 'aws' && cloud === 'aks');
  if (options.identity_audience !== undefined && !audienceIsRead) {
    problems.push('identity_audience has no effect here; remove it');
  }
  if (foreign === 'azure' && options.identity_audience === undefined) {
    problems.push('identity=azure needs identity_audience: the application id URI that the token is for (api://…)');
  }
  return problems;
}
