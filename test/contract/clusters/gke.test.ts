import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClusterConnection } from '../../../shared/clusters/connector.ts';
import { type CloudApi, startContainerApi } from '../../sim/cloud-clusters.ts';
import { startGoogleMetadata, type TokenServer } from '../../sim/token-servers.ts';
import {
  connect,
  headersOf,
  type TestCertificates,
  testCertificates,
  testMachine,
} from '../../unit/clusters/fixtures.ts';
import { stubCloudEnv } from './cloud-env.ts';
import { describeConnection } from './connection-contract.ts';

const ADDRESS = 'gke://my-project/europe-west1/prod';
const PATH = '/v1/projects/my-project/locations/europe-west1/clusters/prod';

let certificates: TestCertificates;
beforeAll(async () => {
  certificates = await testCertificates();
});
beforeEach(() => stubCloudEnv());
afterEach(() => {
  vi.unstubAllEnvs();
});

function clusterDocument(more: object = {}): object {
  return {
    name: 'prod',
    status: 'RUNNING',
    endpoint: '203.0.113.7',
    masterAuth: { clusterCaCertificate: Buffer.from(certificates.ca).toString('base64') },
    privateClusterConfig: { privateEndpoint: '10.0.0.2' },
    ...more,
  };
}

const DNS = (allowExternalTraffic: boolean): object => ({
  controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: 'gke-1.europe-west1.gke.goog', allowExternalTraffic } },
});

interface World extends AsyncDisposable {
  readonly api: CloudApi;
  readonly metadata: TokenServer;
  connect(options?: Readonly<Record<string, string>>, address?: string): Promise<ClusterConnection>;
}

async function world(document: object = clusterDocument()): Promise<World> {
  const metadata = await startGoogleMetadata();
  vi.stubEnv('GCE_METADATA_HOST', metadata.host);
  vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present');
  const api = await startContainerApi(PATH, document);
  return {
    api,
    metadata,
    connect: (options = {}, address = ADDRESS) =>
      connect(testMachine(), address, { cloud_endpoint: api.url, ...options }),
    async [Symbol.asyncDispose]() {
      await Promise.all([api[Symbol.asyncDispose](), metadata[Symbol.asyncDispose]()]);
    },
  };
}

describeConnection('GKE', async () => {
  const one = await world();
  return {
    connection: await one.connect(),
    asked: () => one.metadata.given,
    [Symbol.asyncDispose]: () => one[Symbol.asyncDispose](),
  };
});

describe('a GKE cluster', () => {
  it("is reached at its public endpoint, trusted by the cluster's own CA", async () => {
    await using one = await world();

    const connection = await one.connect();

    expect(connection).toMatchObject({ server: 'https://203.0.113.7', ca: certificates.ca });
    expect(one.api.calls).toMatchObject([{ method: 'GET', path: PATH }]);
  });

  it.each([
    ['the open DNS endpoint before all', DNS(true), {}, 'https://gke-1.europe-west1.gke.goog', false],
    ['no DNS endpoint that is closed', DNS(false), {}, 'https://203.0.113.7', true],
    [
      'the DNS endpoint that is asked for',
      DNS(false),
      { endpoint: 'dns' },
      'https://gke-1.europe-west1.gke.goog',
      false,
    ],
    ['the private endpoint', {}, { endpoint: 'private' }, 'https://10.0.0.2', true],
  ])('is reached by %s', async (_, more, options, server, hasCa) => {
    await using one = await world(clusterDocument(more));

    const connection = await one.connect(options);

    expect(connection.server).toBe(server);
    expect(connection.ca !== undefined).toBe(hasCa);
  });

  it('gets a token that tells the address of the account, too', async () => {
    await using one = await world();
    const connection = await one.connect();

    const { authorization } = await headersOf(connection, testMachine());

    expect(authorization).toContain('userinfo.email');
  });

  it('asks again when Google is overloaded for a moment', async () => {
    await using one = await world();
    one.api.faults.push({ status: 503, body: '' });

    await expect(one.connect()).resolves.toMatchObject({ server: 'https://203.0.113.7' });
  });

  const denied = JSON.stringify({
    error: { code: 403, status: 'PERMISSION_DENIED', message: 'Required "container.clusters.get" permission(s).' },
  });
  it.each([
    [
      'refuses',
      { status: 403, body: denied },
      'cluster_cloud',
      /container\.clusters\.get.*gcloud projects add-iam-policy-binding my-project/,
    ],
    [
      'takes no token',
      { status: 401, body: '{}' },
      'cluster_credentials',
      /does not accept the credentials from the Google application default credentials/,
    ],
    [
      'redirects',
      { status: 302, body: '', headers: { location: 'https://evil.example/' } },
      'cluster_cloud',
      /302.*redirect is not followed/,
    ],
    ['answers HTML', { status: 200, body: '<html>' }, 'cluster_unknown', /has no endpoint/],
    [
      'answers without end',
      { status: 200, body: `{"a":"${'x'.repeat(3_000_000)}"}` },
      'cluster_cloud',
      /more than 2097152 bytes/,
    ],
  ])('tells what to do when Google %s', async (_, fault, code, message) => {
    await using one = await world();
    one.api.faults.push(fault);

    await expect(one.connect()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(one.api.calls).toHaveLength(1);
  });

  it('that is not there is told with the command that lists what is', async () => {
    await using one = await world();

    await expect(one.connect({}, 'gke://my-project/europe-west1/prd')).rejects.toMatchObject({
      code: 'cluster_unknown',
      message:
        'gke://my-project/europe-west1/prd: Google knows no such cluster in europe-west1: gcloud container clusters list --project my-project',
    });
  });

  it('cannot be found without credentials, and the message says where they were looked for', async () => {
    await using one = await world();
    one.metadata.failing = 404;

    await expect(one.connect()).rejects.toMatchObject({
      code: 'cluster_credentials',
      message: expect.stringMatching(/no credentials from the Google application default credentials: /),
    });
  });

  it('advises by what the refusal was', async () => {
    await using one = await world();
    const { advise } = await one.connect();

    expect(advise?.({ status: 401, user: undefined })).toContain('has ended');
    expect(advise?.({ status: 403, user: 'me@p.iam.gserviceaccount.com' })).toContain(
      '--user=me@p.iam.gserviceaccount.com',
    );
  });
});
