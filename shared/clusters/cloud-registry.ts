import type { IdentityToken } from '../identity/identity-token.ts';
import type { CloudAddress } from './cloud-address.ts';
import { type CloudOptions, foreignIdentity } from './cloud-options.ts';
import type { ClusterDeps } from './cluster-deps.ts';
import type { ClusterConnection } from './connector.ts';
import { checkToken, readText } from './read-text.ts';

/** What the clouds expect in the token of another if `identity_audience` says nothing else. */
const AUDIENCES = { eks: 'sts.amazonaws.com', aks: 'api://AzureADTokenExchange' } as const;

/** Connects to a cluster by its name in a cloud; that cloud's packages, and those of the identity's, are loaded only here. */
export async function connectCloud(
  address: CloudAddress,
  options: CloudOptions,
  deps: ClusterDeps,
): Promise<ClusterConnection> {
  switch (address.cloud) {
    case 'eks': {
      const [{ connectEks }, sdk] = await Promise.all([import('./eks.ts'), import('./aws-sdk.ts')]);
      return connectEks(address, options, {
        sdk,
        token: await foreignToken(address, options, deps),
        clock: deps.clock,
      });
    }
    case 'gke':
      return openGke(address, options, deps);
    case 'aks':
      return openAks(address, options, deps);
  }
}

async function openGke(
  address: Extract<CloudAddress, { cloud: 'gke' }>,
  options: CloudOptions,
  deps: ClusterDeps,
): Promise<ClusterConnection> {
  const [{ connectGke }, { openGoogleTokens }, library] = await Promise.all([
    import('./gke.ts'),
    import('./google-token.ts'),
    import('../identity/google-sdk.ts'),
  ]);
  const foreign = foreignIdentity('gke', options);
  const source =
    foreign === undefined
      ? 'the Google application default credentials'
      : `${sourceOf(foreign)}, by workload identity federation`;
  const subject = async () => {
    if (foreign !== 'aws') {
      const token = await foreignToken(address, options, deps);
      return token === undefined ? undefined : ({ kind: 'token', token } as const);
    }
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    const region = deps.env['AWS_REGION'] ?? deps.env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
    return { kind: 'aws', credentials: defaultProvider(), region: async () => region } as const;
  };
  const open = async () => openGoogleTokens(options, await subject(), library);
  return connectGke(address, options, { open, source, clock: deps.clock });
}

async function openAks(
  address: Extract<CloudAddress, { cloud: 'aks' }>,
  options: CloudOptions,
  deps: ClusterDeps,
): Promise<ClusterConnection> {
  const [{ connectAks }, { loadYaml }, { ClientAssertionCredential, DefaultAzureCredential }] = await Promise.all([
    import('./aks.ts'),
    import('./client-node.ts'),
    import('@azure/identity'),
  ]);
  const { tenant_id: tenantId, client_id: clientId } = options;
  const foreign = foreignIdentity('aks', options);
  const token = await foreignToken(address, options, deps);
  const own = {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(clientId === undefined ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
  };
  const open = () =>
    token === undefined
      ? new DefaultAzureCredential(own)
      : new ClientAssertionCredential(tenantId ?? '', clientId ?? '', () => token(AbortSignal.timeout(10_000)));
  const source = `Microsoft Entra ID (${foreign === undefined ? 'the default credential' : `${sourceOf(foreign)}, as client_id ${clientId}`})`;
  return connectAks(address, options, { open, source, loadYaml, clock: deps.clock });
}

function sourceOf(foreign: 'aws' | 'google' | 'azure' | 'file'): string {
  return foreign === 'file' ? 'identity_token_file' : `identity=${foreign}`;
}

/** The token that shows another cloud's identity to the cluster's cloud; undefined if that knows us by itself. */
async function foreignToken(
  address: CloudAddress,
  options: CloudOptions,
  deps: ClusterDeps,
): Promise<IdentityToken | undefined> {
  const provider = `https://iam.googleapis.com/${options.workload_identity_provider}`;
  const audience = options.identity_audience ?? (address.cloud === 'gke' ? provider : AUDIENCES[address.cloud]);
  const foreign = foreignIdentity(address.cloud, options);
  switch (foreign) {
    case undefined:
      return undefined;
    case 'file': {
      const path = options.identity_token_file ?? '';
      const what = 'identity_token_file';
      return async () => checkToken(await readText(what, path, deps.readFile), `${what} ${path}`);
    }
    case 'aws': {
      const [{ awsIdentityToken }, sdk] = await Promise.all([
        import('../identity/identity-token.ts'),
        import('@aws-sdk/client-sts'),
      ]);
      return awsIdentityToken(audience, sdk);
    }
    case 'google': {
      const [{ googleIdentityToken }, { GoogleAuth }] = await Promise.all([
        import('../identity/identity-token.ts'),
        import('../identity/google-sdk.ts'),
      ]);
      return googleIdentityToken(audience, new GoogleAuth());
    }
    case 'azure': {
      const [{ azureIdentityToken }, { DefaultAzureCredential }] = await Promise.all([
        import('../identity/identity-token.ts'),
        import('@azure/identity'),
      ]);
      return azureIdentityToken(audience, new DefaultAzureCredential());
    }
  }
}
