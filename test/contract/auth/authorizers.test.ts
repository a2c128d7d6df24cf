import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseUri } from '../../../shared/config/uri.ts';
import type { AuthOptions } from '../../../shared/sinks/auth/auth-options.ts';
import type { Authorizer } from '../../../shared/sinks/auth/authorizer.ts';
import { createAuthorizer } from '../../../shared/sinks/auth/registry.ts';
import type { HttpRequest } from '../../../shared/sinks/http/http-client.ts';
import { startAppServiceIdentity, startContainerCredentials, startGoogleMetadata } from '../../sim/token-servers.ts';

const REQUEST: HttpRequest = {
  method: 'POST',
  url: new URL('https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write'),
  headers: { 'content-type': 'application/x-protobuf' },
  body: Buffer.from('body'),
};
const CLOUDS = /^(AWS_|AZURE_|GOOGLE_|GCE_|GCLOUD|METADATA_|IDENTITY_|MSI_|CLOUDSDK_|gcloud)/;

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-'));
  for (const name of Object.keys(process.env)) if (CLOUDS.test(name)) vi.stubEnv(name, undefined);
  // Nobody's own login is found.
  for (const name of ['HOME', 'CLOUDSDK_CONFIG']) vi.stubEnv(name, folder);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function open(options: AuthOptions, address = 'x:https://h'): Promise<Authorizer> {
  return await createAuthorizer(options, parseUri(address, {}), 'sink x');
}

async function ask(authorizer: Authorizer): Promise<string | undefined> {
  return (await authorizer.authorize(REQUEST, AbortSignal.timeout(5_000)))['authorization'];
}

describe('basic and bearer', () => {
  it('send the user of the address or of the options, or the token', async () => {
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

    expect(await ask(await open({}, 'x:https://me:pä@h'))).toBe(basic('me:pä'));
    expect(await ask(await open({ user: 'you', password: 'pw' }))).toBe(basic('you:pw'));
    expect(await ask(await open({ token: ' t ' }))).toBe('Bearer t');
    expect(await ask(await open({}))).toBeUndefined();
  });

  it('read a token file again when it changes', async () => {
    const file = join(folder, 'token');
    await writeFile(file, 'one\n');
    const authorizer = await open({ token_file: file });
    const before = await ask(authorizer);
    await writeFile(file, 'two\n');
    await utimes(file, 1, 1);

    expect([before, await ask(authorizer)]).toEqual(['Bearer one', 'Bearer two']);
  });

  it('say which token file is missing or empty, without its text', async () => {
    const file = join(folder, 'token');
    await writeFile(file, 's3cret words');

    await expect(ask(await open({ token_file: file }))).rejects.toThrow(
      `no credentials from the token file ${file}: it is empty, or has white space inside`,
    );
    await expect(ask(await open({ token_file: `${file}-absent` }))).rejects.toMatchObject({
      code: 'sink_credentials',
      retryable: false,
    });
  });
});

describe('google', () => {
  it('takes a token of the metadata server for its scope, once, and a new one after a refusal', async () => {
    await using server = await startGoogleMetadata();
    vi.stubEnv('GCE_METADATA_HOST', server.host);
    const authorizer = await open({ auth: 'google' });

    const first = await Promise.all([ask(authorizer), ask(authorizer)]);
    authorizer.renew();

    const scope = 'https://www.googleapis.com/auth/monitoring.write';
    expect(first).toEqual([`Bearer token-1.${scope}`, `Bearer token-1.${scope}`]);
    expect(await ask(authorizer)).toBe(`Bearer token-2.${scope}`);
    expect(server.log.filter((line) => line.includes('403'))).toEqual([]);
  });

  it('names the source when there are no credentials', async () => {
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none');

    await expect(ask(await open({ auth: 'google' }))).rejects.toMatchObject({
      message: expect.stringMatching(/^no credentials from the Google application default credentials: /),
      code: 'sink_credentials',
      retryable: false,
    });
  });

  it('repeats nothing of a broken key file', async () => {
    const file = join(folder, 'key.json');
    await writeFile(file, 's3cret');
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file);

    const failure = await ask(await open({ auth: 'google' })).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'sink_credentials', retryable: false });
    expect(String(failure)).not.toContain('s3c');
  });
});

describe('entra', () => {
  it('takes a token of the managed identity of a function, for its scope and client', async () => {
    await using server = await startAppServiceIdentity('id-secret');
    vi.stubEnv('IDENTITY_ENDPOINT', `${server.url}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', 'id-secret');
    const authorizer = await open({ auth: 'entra', scope: 'https://monitoring.azure.com/.default', client_id: 'c-1' });

    const first = await Promise.all([ask(authorizer), ask(authorizer)]);

    expect(first).toEqual(Array(2).fill('Bearer token-1.https://monitoring.azure.com.c-1'));
    expect(server.log).toEqual(['GET /msi/token 200']);
  });
});

describe('sigv4', () => {
  const HOST = 'x:https://aps-workspaces.eu-west-1.amazonaws.com';

  it('signs with the credentials of the container for the region and service of the host', async () => {
    await using server = await startContainerCredentials('pod-secret');
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${server.url}/v1/credentials`);
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'pod-secret');
    const authorizer = await open({ auth: 'sigv4' }, HOST);

    const headers = await Promise.all([ask(authorizer), ask(authorizer)]);

    for (const header of headers) {
      expect(header).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AK-token-1\/\d{8}\/eu-west-1\/aps\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
      );
    }
    expect(authorizer.source).toBe('the container role (AWS_CONTAINER_CREDENTIALS_*) for aps in eu-west-1');
  });

  it('takes the region of an option before that of the host, and that of the host before the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AK');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's3cret');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const place = async (options: AuthOptions, address: string): Promise<string | undefined> =>
      (await ask(await open({ auth: 'sigv4', aws_service: 'aps', ...options }, address)))?.split('/')[2];

    expect(await place({ region: 'eu-north-1' }, HOST)).toBe('eu-north-1');
    expect(await place({}, HOST)).toBe('eu-west-1');
    expect(await place({}, 'x:https://proxy.example')).toBe('us-east-1');
  });

  it('stops the start where nothing tells the region', async () => {
    await expect(open({ auth: 'sigv4', aws_service: 'aps' })).rejects.toThrow(
      'sink x: auth=sigv4 needs region= or AWS_REGION',
    );
  });

  it('names the chain when it has no credentials', async () => {
    await expect(ask(await open({ auth: 'sigv4' }, HOST))).rejects.toMatchObject({
      message: expect.stringMatching(/^no credentials from the default AWS credential chain for aps in eu-west-1: /),
      code: 'sink_credentials',
    });
  });
});
