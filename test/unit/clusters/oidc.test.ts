import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, headersOf, testCertificates, testMachine } from './fixtures.ts';

const certificates = await testCertificates();

/** The provider's authority is made a known one: client-node 2.0.1 cannot renew with one of the kubeconfig's own. */
const knownAuthorities = getCACertificates('default');

/** An identity provider that knows one client and one refresh token. */
let server: Server;
let issuer = '';

function idToken(subject: string, seconds: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: issuer, aud: 'kube', sub: subject, iat: now, exp: now + seconds };
  return `${part({ alg: 'RS256' })}.${part(claims)}.${Buffer.from('signature').toString('base64url')}`;
}

beforeAll(async () => {
  setDefaultCACertificates([...knownAuthorities, certificates.ca]);
  server = createServer(certificates.server, (incoming, response) => {
    response.setHeader('content-type', 'application/json');
    if (incoming.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer, token_endpoint: `${issuer}/token` }));
      return;
    }
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    incoming.on('end', () => {
      const known = new URLSearchParams(body).get('refresh_token') === 'refresh-1';
      response.statusCode = known ? 200 : 400;
      const answer = { access_token: 'a', token_type: 'bearer', expires_in: 600, id_token: idToken('fresh', 600) };
      response.end(JSON.stringify(known ? answer : { error: 'invalid_grant' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  setDefaultCACertificates(knownAuthorities);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function kubeconfig(refreshToken: string): string {
  const config = {
    'client-id': 'kube',
    'id-token': idToken('stale', -60),
    'refresh-token': refreshToken,
    'idp-issuer-url': issuer,
  };
  return JSON.stringify({
    'current-context': 'main',
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://h' } }],
    users: [{ name: 'u', user: { 'auth-provider': { name: 'oidc', config } } }],
  });
}

describe('an OpenID Connect login', () => {
  it('renews a token that ended', async () => {
    const machine = testMachine();
    const connection = await connect(machine, '', { auth: kubeconfig('refresh-1') });
    const token = (await headersOf(connection, machine))['authorization']?.split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(token, 'base64url').toString())).toMatchObject({ sub: 'fresh' });
  });

  it('whose refresh token is refused is a problem that does not repeat it', async () => {
    const attempt = connect(testMachine(), '', { auth: kubeconfig('hunter2') });
    await expect(attempt).rejects.toThrow(
      'auth-provider "oidc" of user "u" gave no credential: server responded with an error',
    );
    await expect(attempt).rejects.not.toThrow('hunter2');
  });
});
