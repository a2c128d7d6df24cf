import { loadYaml } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectAks } from '../../../shared/clusters/aks.ts';
import type { ClusterConnection } from '../../../shared/clusters/connector.ts';
import { parseSourceOptions } from '../../../shared/clusters/source-options.ts';
import { parseUri } from '../../../shared/config/uri.ts';
import { systemClock } from '../../../shared/core/clock.ts';
import { type CloudApi, startResourceManager } from '../../sim/cloud-clusters.ts';
import { startAppServiceIdentity, type TokenServer } from '../../sim/token-servers.ts';
import { connect, headersOf, testCertificates, testMachine } from '../../unit/clusters/fixtures.ts';
import { stubCloudEnv } from './cloud-env.ts';
import { describeConnection } from './connection-contract.ts';

const ID = '11111111-2222-3333-4444-555555555555';
const ADDRESS = `aks://${ID}/my_group/prod`;
const PATH = `/subscriptions/${ID}/resourceGroups/my_group/providers/Microsoft.ContainerService/managedClusters/prod/listClusterUserCredential`;
const KUBELOGIN = '{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: kubelogin, args: [get-token]}}';

let ca = '';
beforeAll(async () => {
  ({ ca } = await testCertificates());
});
beforeEach(() => stubCloudEnv());
afterEach(() => {
  vi.unstubAllEnvs();
});

function kubeconfig(user = KUBELOGIN): string {
  const data = Buffer.from(ca).toString('base64');
  return `apiVersion: v1
kind: Config
current-context: prod
contexts: [{name: prod, context: {cluster: prod, user: clusterUser}}]
clusters: [{name: prod, cluster: {server: 'https://prod-1.hcp.westeurope.azmk8s.io:443', certificate-authority-data: ${data}}}]
users: [{name: clusterUser, user: ${user}}]
`;
}

interface World extends AsyncDisposable {
  readonly api: CloudApi;
  connect(options?: Readonly<Record<string, string>>, address?: string): Promise<ClusterConnection>;
}

/** One for all tests: the library finds the identity endpoint once in a process, and keeps its tokens as long. */
let identity: TokenServer;
beforeAll(async () => {
  identity = await startAppServiceIdentity('id-secret');
});
afterAll(async () => {
  await identity[Symbol.asyncDispose]();
});

async function world(document = kubeconfig()): Promise<World> {
  vi.stubEnv('IDENTITY_ENDPOINT', `${identity.url}/msi/token`);
  vi.stubEnv('IDENTITY_HEADER', 'id-secret');
  vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'prod');
  identity.failing = 0;
  const api = await startResourceManager(PATH, document);
  return {
    api,
    connect: (options = {}, address = ADDRESS) =>
      connect(testMachine(), address, { cloud_endpoint: api.url, ...options }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

describeConnection('AKS', async () => {
  const api = await startResourceManager(PATH, kubeconfig());
  let asked = 0;
  const getToken = async (scope: string | string[]) => {
    asked++;
    return { token: `token-${asked}.${scope}`, expiresOnTimestamp: Date.now() + 3_600_000 };
  };
  const options = { ...parseSourceOptions(parseUri(`kubernetes.summary_api:${ADDRESS}`, {})), cloud_endpoint: api.url };
  const address = { cloud: 'aks', subscription: ID, group: 'my_group', name: 'prod' } as const;
  const deps = { open: () => ({ getToken }), source: 'the test', loadYaml, clock: systemClock };
  return {
    connection: await connectAks(address, options, deps),
    asked: () => asked,
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
});

describe('an AKS cluster', () => {
  it("is reached as the kubeconfig of its users says, and logged in to by the server application's token", async () => {
    await using one = await world();

    const connection = await one.connect();

    expect(connection).toMatchObject({ server: 'https://prod-1.hcp.westeurope.azmk8s.io', ca });
    expect((await headersOf(connection, testMachine()))['authorization']).toMatch(
      /^Bearer token-\d+\.6dae42f8-4368-4678-94ff-3960e28e3630\.system$/,
    );
  });

  it('is asked for as that managed identity, and at its public name, if the options say so', async () => {
    await using one = await world();

    await one.connect({ client_id: ID, endpoint: 'public' });

    expect(one.api.calls[0]?.token).toContain(`.${ID}`);
    expect(one.api.calls[0]?.query.get('server-fqdn')).toBe('public');
  });

  it("that takes only its own administrators' certificates is refused", async () => {
    await using one = await world(kubeconfig('{client-certificate-data: YQ==, client-key-data: YQ==}'));

    await expect(one.connect()).rejects.toMatchObject({
      code: 'cluster_cloud',
      message: expect.stringMatching(/takes no Entra identities.*az aks update .* --enable-aad$/),
    });
  });

  const error = (code: string): string => JSON.stringify({ error: { code, message: `said ${code}` } });
  it.each([
    [
      'has no such subscription',
      { status: 404, body: error('SubscriptionNotFound') },
      'cluster_unknown',
      /SubscriptionNotFound\): az account list$/,
    ],
    [
      'refuses',
      { status: 403, body: error('AuthorizationFailed') },
      'cluster_cloud',
      /az role assignment create .*Cluster User Role.*AuthorizationFailed/,
    ],
    [
      'takes no token',
      { status: 401, body: error('ExpiredAuthenticationToken') },
      'cluster_credentials',
      /ExpiredAuthenticationToken/,
    ],
    [
      'redirects',
      { status: 307, body: '', headers: { location: 'https://evil.example/' } },
      'cluster_cloud',
      /307.*redirect is not followed/,
    ],
    ['gives nothing', { status: 200, body: '{"kubeconfigs":[]}' }, 'cluster_unknown', /gave no kubeconfig/],
    [
      'gives something else',
      { status: 200, body: '{"kubeconfigs":[{"value":"e30="}]}' },
      'cluster_kubeconfig',
      /has no current-context/,
    ],
  ])('tells what to do when Azure %s', async (_, fault, code, message) => {
    await using one = await world();
    one.api.faults.push(fault);

    await expect(one.connect()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(one.api.calls).toHaveLength(1);
  });

  it('that is not there is told with the command that lists what is', async () => {
    await using one = await world();

    await expect(one.connect({}, `aks://${ID}/my_group/prd`)).rejects.toMatchObject({
      code: 'cluster_unknown',
      message: expect.stringMatching(
        /knows no cluster "prd" in group "my_group" \(ResourceNotFound\): az aks list --subscription /,
      ),
    });
  });

  it('cannot be found without an identity', async () => {
    await using one = await world();
    identity.failing = 400;

    await expect(one.connect()).rejects.toMatchObject({
      code: 'cluster_credentials',
      message: expect.stringMatching(/no credentials from Microsoft Entra ID \(the default credential\)/),
    });
  });
});
