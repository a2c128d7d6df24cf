import { createHash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { signingOf } from '../../../../shared/sinks/auth/aws-host.ts';
import { createSigV4Authorizer } from '../../../../shared/sinks/auth/sigv4.ts';
import type { HttpRequest } from '../../../../shared/sinks/http/http-client.ts';

const CLOCK = { now: () => Date.parse('2015-08-30T12:36:00Z'), sleep: async () => {} };
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const SIGNAL = new AbortController().signal;

function request(method: HttpRequest['method'], path: string, body = '', headers = {}): HttpRequest {
  return { method, url: new URL(path, 'http://example.amazonaws.com'), headers, body: Buffer.from(body) };
}

function signer(service = 'service', keys: { sessionToken?: string } = {}) {
  return createSigV4Authorizer({
    region: 'us-east-1',
    service,
    credentials: async () => ({ ...KEYS, ...keys }),
    clock: CLOCK,
    SignatureV4,
  });
}

/** The published test suite of signature version 4 (names of its files). */
const VECTORS: readonly (readonly [name: string, HttpRequest, headers: string, signature: string])[] = [
  [
    'get-vanilla',
    request('GET', '/'),
    'host;x-amz-date',
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  [
    'post-vanilla',
    request('POST', '/'),
    'host;x-amz-date',
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'get-vanilla-query-order-key-case',
    request('GET', '/?Param2=value2&Param1=value1'),
    'host;x-amz-date',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'post-x-www-form-urlencoded',
    request('POST', '/', 'Param1=value1', { 'content-type': 'application/x-www-form-urlencoded' }),
    'content-type;host;x-amz-date',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
];

describe('signatures of AWS', () => {
  it.each(VECTORS)('agree with the published vector %s', async (_, asked, headers, signature) => {
    const signed = await signer().authorize(asked, SIGNAL);

    expect(signed['authorization']).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
        `SignedHeaders=${headers}, Signature=${signature}`,
    );
  });

  it('carry the token of a session, and sign it', async () => {
    const signed = await signer('aps', { sessionToken: 'session' }).authorize(request('POST', '/'), SIGNAL);

    expect(signed['x-amz-security-token']).toBe('session');
    expect(signed['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token');
  });

  it('tell OpenSearch Serverless the hash of the body in a header', async () => {
    const signed = await signer('aoss').authorize(request('POST', '/_bulk', 'body'), SIGNAL);

    expect(signed['x-amz-content-sha256']).toBe(createHash('sha256').update('body').digest('hex'));
  });

  it('are made with new credentials after a renewal', async () => {
    const asked: unknown[] = [];
    const authorizer = createSigV4Authorizer({
      region: 'us-east-1',
      service: 'aps',
      credentials: async (options) => {
        asked.push(options);
        return KEYS;
      },
      clock: CLOCK,
      SignatureV4,
    });

    await authorizer.authorize(request('GET', '/'), SIGNAL);
    authorizer.renew();
    await authorizer.authorize(request('GET', '/'), SIGNAL);
    await authorizer.authorize(request('GET', '/'), SIGNAL);

    expect(asked).toEqual([{}, { forceRefresh: true }, {}]);
  });
});

describe('hosts of AWS', () => {
  it.each([
    ['aps-workspaces.eu-west-1.amazonaws.com', { region: 'eu-west-1', service: 'aps' }],
    ['vpce-1.aps-workspaces.us-gov-west-1.vpce.amazonaws.com:443', { region: 'us-gov-west-1', service: 'aps' }],
    ['monitoring.cn-north-1.amazonaws.com.cn', { region: 'cn-north-1', service: 'monitoring' }],
    ['search-logs-x1.ap-southeast-2.es.amazonaws.com', { region: 'ap-southeast-2', service: 'es' }],
    ['x1.eu-central-1.aoss.amazonaws.com', { region: 'eu-central-1', service: 'aoss' }],
    ['queue.eu-central-1.amazonaws.com', { region: 'eu-central-1' }],
    ['prometheus.example.com', {}],
    ['monitoring.eu-west-1.amazonaws.com.example', {}],
    ['', {}],
  ])('%s tells %j', (host, signing) => {
    expect(signingOf(host)).toEqual(signing);
  });
});
