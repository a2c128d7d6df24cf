import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MOTO_SERVER, type Moto, startMoto } from '../../support/state-moto.ts';
import { connect, headersOf, testCertificates, testMachine } from '../../unit/clusters/fixtures.ts';
import { stubCloudEnv } from './cloud-env.ts';
import { describeConnection } from './connection-contract.ts';

const ADDRESS = 'eks://eu-west-1/prod';
const ROLE = 'arn:aws:iam::210987654321:role/reader';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

interface Gateway {
  readonly url: string;
  /** Actions and paths that came by, with the key that signed them. */
  readonly calls: string[];
  /** An answer to give in the place of moto's. */
  fault: { readonly status: number; readonly type: string } | undefined;
  close(): Promise<void>;
}

/** Passes everything on to moto; its clusters have random text for a CA, so that a real one is put in. */
async function startGateway(moto: string, ca: string): Promise<Gateway> {
  const data = Buffer.from(ca).toString('base64');
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const action = /Action=(\w+)/.exec(body.toString())?.[1] ?? `${request.method} ${request.url}`;
    const key = /Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? 'nobody';
    gateway.calls.push(`${action} ${key}`);
    if (gateway.fault !== undefined) {
      const { status, type } = gateway.fault;
      response.writeHead(status, { 'x-amzn-errortype': type, 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: 'said so' }));
      return;
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`${moto}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body.length === 0 ? {} : { body }),
    });
    const text = (await answer.text()).replace(/("certificateAuthority": ?\{"data": ?")[^"]*/, `$1${data}`);
    const type = answer.headers.get('x-amzn-errortype');
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
      ...(type === null ? {} : { 'x-amzn-errortype': type }),
    });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gateway: Gateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    fault: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return gateway;
}

function bearerUrl(headers: Readonly<Record<string, string>>): URL {
  const token = headers['authorization']?.replace('Bearer k8s-aws-v1.', '') ?? '';
  return new URL(Buffer.from(token, 'base64url').toString());
}

describe.runIf(MOTO_SERVER !== undefined)('an EKS cluster, by moto', () => {
  let moto: Moto;
  let gateway: Gateway;
  let ca = '';

  beforeAll(async () => {
    ({ ca } = await testCertificates());
    moto = await startMoto();
    gateway = await startGateway(moto.endpoint, ca);
    const own = { accessKeyId: 'a', secretAccessKey: 'b' };
    const sts = new STSClient({ region: 'eu-west-1', endpoint: moto.endpoint, credentials: own });
    const assumed = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'test' }));
    sts.destroy();
    const {
      AccessKeyId: accessKeyId = '',
      SecretAccessKey: secretAccessKey = '',
      SessionToken,
    } = assumed.Credentials ?? {};
    // One in our account, one in the role's: moto keeps accounts apart.
    for (const keys of [own, { accessKeyId, secretAccessKey, sessionToken: SessionToken ?? '' }]) {
      const client = new EKSClient({ region: 'eu-west-1', endpoint: moto.endpoint, credentials: keys });
      const cluster = { roleArn: 'arn:aws:iam::123456789012:role/eks', resourcesVpcConfig: {} };
      await client.send(new CreateClusterCommand({ name: 'prod', ...cluster }));
      client.destroy();
    }
  }, 30_000);
  afterAll(async () => {
    await gateway?.close();
    await moto?.stop();
  });
  beforeEach(() => {
    gateway.calls.length = 0;
    gateway.fault = undefined;
    stubCloudEnv({ ...KEYS, AWS_ENDPOINT_URL_EKS: gateway.url, AWS_ENDPOINT_URL_STS: gateway.url });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  describeConnection('EKS', async () => ({
    connection: await connect(testMachine(), ADDRESS),
    asked: () => gateway.calls.filter((call) => call.startsWith('GetCallerIdentity')).length,
    async [Symbol.asyncDispose]() {},
  }));

  it('is found by DescribeCluster and logged in to by our own keys', async () => {
    const machine = testMachine();

    const connection = await connect(machine, ADDRESS);

    expect(connection).toMatchObject({ server: expect.stringMatching(/^https:\/\/.*eks\.amazonaws\.com$/), ca });
    expect(gateway.calls).toEqual(['GET /clusters/prod AKIDEXAMPLE']);
    expect(bearerUrl(await headersOf(connection, machine)).searchParams.get('X-Amz-Credential')).toMatch(
      /^AKIDEXAMPLE\/\d{8}\/eu-west-1\/sts\/aws4_request$/,
    );
  });

  it('of another account is found and logged in to by the keys of the role', async () => {
    const machine = testMachine();

    const connection = await connect(machine, ADDRESS, { role_arn: ROLE, external_id: 'our-id' });

    expect(gateway.calls[0]).toBe('AssumeRole AKIDEXAMPLE');
    expect(gateway.calls[1]).toMatch(/^GET \/clusters\/prod ASIA/);
    expect(bearerUrl(await headersOf(connection, machine)).searchParams.get('X-Amz-Credential')).toMatch(/^ASIA/);
    expect(gateway.calls).toHaveLength(2);
  });

  it('trusts the token of another cloud, without any key of AWS', async () => {
    stubCloudEnv({ AWS_ENDPOINT_URL_EKS: gateway.url, AWS_ENDPOINT_URL_STS: gateway.url });
    const machine = testMachine();
    machine.files.set('/token', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2ln\n');

    await connect(machine, ADDRESS, { role_arn: ROLE, identity_token_file: '/token' });

    expect(gateway.calls[0]).toBe('AssumeRoleWithWebIdentity nobody');
    expect(gateway.calls[1]).toMatch(/^GET \/clusters\/prod ASIA/);
  });

  it('gets a new token before the old one ends, and keeps it until then', async () => {
    const machine = testMachine();
    const connection = await connect(machine, ADDRESS);
    const at = async () => bearerUrl(await headersOf(connection, machine)).searchParams.get('X-Amz-Date');
    const first = await at();

    machine.clock.advance(13 * 60_000);
    expect(await at()).toBe(first);
    machine.clock.advance(61_000);

    expect(await at()).not.toBe(first);
  });

  it('that is not there is told with the command that lists what is', async () => {
    await expect(connect(testMachine(), 'eks://eu-west-1/prd')).rejects.toMatchObject({
      code: 'cluster_unknown',
      message:
        'eks://eu-west-1/prd: AWS knows no cluster "prd" in eu-west-1 for this account: aws eks list-clusters --region eu-west-1',
    });
  });

  it.each([
    [403, 'AccessDeniedException', 'cluster_cloud', /may not describe the cluster: allow eks:DescribeCluster/],
    [
      403,
      'ExpiredTokenException',
      'cluster_credentials',
      /credentials from the environment \(AWS_ACCESS_KEY_ID\) have ended/,
    ],
    [403, 'UnrecognizedClientException', 'cluster_credentials', /does not accept the credentials/],
    [400, 'ClientException', 'cluster_cloud', /AWS answered 400 ClientException: said so/],
  ])('tells what to do after %s %s', async (status, type, code, message) => {
    gateway.fault = { status, type };

    await expect(connect(testMachine(), ADDRESS)).rejects.toMatchObject({
      code,
      retryable: false,
      message: expect.stringMatching(message),
    });
  });

  it('cannot be found without credentials', async () => {
    stubCloudEnv({ AWS_ENDPOINT_URL_EKS: gateway.url });

    await expect(connect(testMachine(), ADDRESS)).rejects.toMatchObject({
      code: 'cluster_credentials',
      message: expect.stringMatching(/no credentials from the default AWS credential chain/),
    });
    expect(gateway.calls).toEqual([]);
  });

  it('learns who we are after a 401, for the command that lets us in', async () => {
    const machine = testMachine();
    const connection = await connect(machine, ADDRESS);
    await headersOf(connection, machine, { renew: true });

    expect(connection.advise?.({ status: 401, user: undefined })).toMatch(
      /aws eks create-access-entry --cluster-name prod --region eu-west-1 --principal-arn arn:aws:\S+ --kubernetes-groups heapless-collectors$/,
    );
    expect(connection.advise?.({ status: 403, user: 'x' })).toContain('--identity group:heapless-collectors');
  });
});
