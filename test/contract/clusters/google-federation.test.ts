import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsClient, GoogleAuth, IdentityPoolClient, Impersonated } from 'google-auth-library';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GoogleLibrary, openGoogleTokens } from '../../../shared/clusters/google-token.ts';
import { parseSourceOptions, type SourceOptions } from '../../../shared/clusters/source-options.ts';
import { parseUri } from '../../../shared/config/uri.ts';

const PROVIDER = 'projects/12345/locations/global/workloadIdentityPools/pool/providers/lambda';

let form = new URLSearchParams();
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    form = new URLSearchParams(body);
    const audience = form.get('audience') === `//iam.googleapis.com/${PROVIDER}`;
    const answer = { access_token: 'federated', issued_token_type: 'x', token_type: 'Bearer', expires_in: 3600 };
    response.writeHead(audience ? 200 : 400, { 'content-type': 'application/json' });
    response.end(JSON.stringify(audience ? answer : { error: 'invalid_target' }));
  });
});

beforeEach(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterEach(() => {
  server.closeAllConnections();
  return new Promise<void>((resolve) => server.close(() => resolve()));
});

/** Google's own library, with its Security Token Service on this machine. */
function library(): GoogleLibrary {
  const sts = { token_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/token` };
  return {
    GoogleAuth,
    Impersonated,
    AwsClient: class extends AwsClient {
      constructor(options: ConstructorParameters<typeof AwsClient>[0]) {
        super({ ...options, ...sts } as ConstructorParameters<typeof AwsClient>[0]);
      }
    },
    IdentityPoolClient: class extends IdentityPoolClient {
      constructor(options: ConstructorParameters<typeof IdentityPoolClient>[0]) {
        super({ ...options, ...sts } as ConstructorParameters<typeof IdentityPoolClient>[0]);
      }
    },
  };
}

function optionsOf(more: string): SourceOptions {
  const uri = `kubernetes.summary_api:gke://my-project/europe-west1/prod?workload_identity_provider=${PROVIDER}&${more}`;
  return parseSourceOptions(parseUri(uri, {}));
}

describe('workload identity federation of Google', () => {
  it('exchanges the token of another cloud', async () => {
    const subject = { kind: 'token', token: async () => 'their.own.token' } as const;

    const tokens = await openGoogleTokens(optionsOf('identity_token_file=/t'), subject, library());

    expect(await tokens()).toMatchObject({ token: 'federated', until: expect.any(Number) });
    expect(form.get('subject_token')).toBe('their.own.token');
    expect(form.get('subject_token_type')).toBe('urn:ietf:params:oauth:token-type:jwt');
    expect(form.get('scope')).toContain('userinfo.email');
  });

  it('exchanges a request that AWS keys have signed', async () => {
    const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 's', sessionToken: 't' });
    const subject = { kind: 'aws', credentials, region: async () => 'eu-west-1' } as const;

    const tokens = await openGoogleTokens(optionsOf('identity=aws'), subject, library());

    expect(await tokens()).toMatchObject({ token: 'federated' });
    const signed = decodeURIComponent(form.get('subject_token') ?? '');
    expect(signed).toContain('sts.eu-west-1.amazonaws.com');
    expect(signed).toContain('Credential=AKIDEXAMPLE/');
    expect(form.get('subject_token_type')).toBe('urn:ietf:params:aws:token-type:aws4_request');
  });
});

describe('options of another identity', () => {
  it.each([
    ['eks://eu-west-1/c?identity=google', 'identity=google needs role_arn at EKS'],
    ['gke://my-project/europe-west1/c?identity=aws', 'identity=aws needs workload_identity_provider at GKE'],
    [
      `gke://my-project/europe-west1/c?workload_identity_provider=${PROVIDER}`,
      'needs identity= or identity_token_file=',
    ],
    ['eks://eu-west-1/c?external_id=abc', 'external_id needs role_arn'],
    ['eks://eu-west-1/c?endpoint=dns', 'endpoint needs an address of gke:// or aks://'],
    ['https://h?token=abc&role_arn=x', 'role_arn needs an address of eks://'],
    ['eks://eu-west-1/c?token=abc', 'eks:// cannot be used with token: the cloud says how to reach the cluster'],
    ['eks://europe/c', 'region "europe" in eks://REGION/NAME must be a region such as eu-west-1'],
  ])('refuses %s', (source, problem) => {
    expect(() => parseSourceOptions(parseUri(`kubernetes.summary_api:${source}`, {}))).toThrow(problem);
  });
});
