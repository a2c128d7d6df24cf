import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { examineIdentity } from '../../shared/app/doctor/examine-identity.ts';
import { examineNetwork } from '../../shared/app/doctor/examine-network.ts';
import type { ClusterConnection } from '../../shared/clusters/connector.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { HeaplessError } from '../../shared/core/errors.ts';
import { createProber, type Prober } from '../../shared/kube/create-prober.ts';
import { createAuthority, issue } from '../sim/kube-api/certificates.ts';
import { within } from './kube-client-support.ts';

const TOKEN = 'a-token-that-nobody-must-see';
const servers: (Server | TlsServer)[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

async function listen<T extends Server | TlsServer>(server: T): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

function connectionTo(port: number, ca: string | undefined, more: Partial<ClusterConnection> = {}): ClusterConnection {
  return {
    server: `https://127.0.0.1:${port}`,
    ca,
    serverName: undefined,
    insecure: false,
    clientCertificate: undefined,
    authenticate: () => Promise.resolve({ authorization: `Bearer ${TOKEN}` }),
    ...more,
  };
}

/** An API server that does with a request what a test wants. */
async function tlsServer(
  serve: (headers: Readonly<Record<string, unknown>>, end: (status: number, body: string) => void) => void,
): Promise<ClusterConnection> {
  const authority = await createAuthority();
  const { cert, key } = await issue(authority);
  const server = createTlsServer({ cert, key }, (request, response) => {
    serve(request.headers, (status, body) => response.writeHead(status).end(body));
  });
  return connectionTo(await listen(server), authority.ca);
}

function prober(connection: ClusterConnection): Prober {
  return createProber(connection, { clock: systemClock, userAgent: 'heapless-test' });
}

describe('the doctor does not wait for ever', () => {
  it('for a port that takes connections and says nothing', async () => {
    const connection = connectionTo(await listen(createServer()), undefined);
    using deadline = within(1_000);

    const findings = await examineNetwork({ connection, clock: systemClock, deadline });

    expect(findings).toMatchObject([
      { step: 'name', status: 'ok' },
      { step: 'tcp', status: 'ok' },
      { step: 'tls', status: 'problem', sentence: expect.stringContaining('took longer') },
    ]);
  });

  it('for an API server that does not answer', async () => {
    const connection = await tlsServer(() => undefined);
    using deadline = within(400);

    const { finding, accepted } = await examineIdentity(prober(connection), connection, deadline);

    expect([accepted, finding.status, finding.sentence]).toEqual([
      false,
      'problem',
      expect.stringContaining('no answer within'),
    ]);
  });

  it('for a login that does not end', async () => {
    const connection = connectionTo(1, undefined, { authenticate: () => new Promise(() => undefined) });
    using deadline = within(100);

    expect(await prober(connection).ask({ method: 'GET', path: '/version', deadline })).toMatchObject({
      kind: 'none',
      reason: 'late',
    });
  });
});

describe('what the doctor repeats', () => {
  it('has no token in it, even if a server echoes it', async () => {
    const connection = await tlsServer((headers, end) => end(418, `you said ${String(headers['authorization'])}`));
    using deadline = within(20_000);

    const answer = await prober(connection).ask({ method: 'GET', path: '/version', deadline });

    expect(answer).toMatchObject({ kind: 'answer', status: 418, message: 'you said ***' });
  });

  it('says why there are no credentials', async () => {
    const fail = (): Promise<never> =>
      Promise.reject(
        new HeaplessError('exec plugin "aws" failed: sign in with aws sso login', { code: 'cluster_plugin' }),
      );
    const connection = connectionTo(1, undefined, { authenticate: fail });
    using deadline = within(20_000);

    const { finding } = await examineIdentity(prober(connection), connection, deadline);

    expect([finding.status, finding.sentence]).toEqual(['problem', expect.stringContaining('aws sso login')]);
  });

  it('is the advice of the cloud, where there is one', async () => {
    const refusal = JSON.stringify({ kind: 'Status', message: 'Unauthorized', code: 401 });
    const connection = await tlsServer((_headers, end) => end(401, refusal));
    using deadline = within(20_000);

    const { finding } = await examineIdentity(
      prober(connection),
      { ...connection, advise: ({ status }) => `aws eks create-access-entry after ${status}` },
      deadline,
    );

    expect(finding.mend).toBe('aws eks create-access-entry after 401');
  });

  it('is asked again with a new token after a 401', async () => {
    const seen: unknown[] = [];
    const connection = await tlsServer((headers, end) => {
      seen.push(headers['authorization']);
      end(seen.length === 1 ? 401 : 200, '{}');
    });
    const renewing: ClusterConnection = {
      ...connection,
      authenticate: ({ renew }) => Promise.resolve({ authorization: renew ? 'Bearer second' : 'Bearer first' }),
    };
    using deadline = within(20_000);

    const answer = await prober(renewing).ask({ method: 'GET', path: '/version', deadline });

    expect([answer.kind, seen]).toEqual(['answer', ['Bearer first', 'Bearer second']]);
  });
});
