import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterConnection } from '../../../shared/clusters/connector.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import {
  connect,
  endedCertificate,
  headersOf,
  problemsOf,
  SERVICE_ACCOUNT,
  type TestMachine,
  testCertificates,
  testMachine,
} from './fixtures.ts';

const certificates = await testCertificates();
const SERVER = 'https://api.example:6443';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});

afterAll(() => rm(folder, { recursive: true }));

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
}

/** A kubeconfig of one cluster, user and context. */
function kubeconfig({ cluster = {}, user = {} }: Parts = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'main',
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: SERVER, ...cluster } }],
    users: [{ name: 'u', user }],
  };
}

function open(machine: TestMachine, parts: Parts, options: Readonly<Record<string, string>> = {}) {
  machine.files.set('/k/config', JSON.stringify(kubeconfig(parts)));
  return connect(machine, '', { inClusterConfig: 'false', auth: '/k/config', ...options });
}

async function problemOf(parts: Parts, options: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await problemsOf(open(testMachine(), parts, options))).join('\n');
}

/** A script in the test's folder that prints what `body` (JavaScript) leaves in `out`. */
async function script(name: string, body: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, body);
  return path;
}

function execUser(path: string, more: object = {}): object {
  return {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [path], ...more },
  };
}

/** JavaScript that prints an ExecCredential with this status. */
function printCredential(status: string): string {
  return `console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: ${status} }))`;
}

describe('a kubeconfig', () => {
  it('gives address, CA and token', async () => {
    const machine = testMachine();
    const connection = await open(machine, {
      cluster: { 'certificate-authority-data': base64(certificates.ca), 'tls-server-name': 'kube' },
      user: { token: 'abc' },
    });
    expect(connection).toMatchObject({
      server: SERVER,
      ca: certificates.ca,
      serverName: 'kube',
      insecure: false,
      clientCertificate: undefined,
    });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer abc' });
  });

  it('may be YAML with files relative to it', async () => {
    const machine = testMachine();
    machine.files.set('/k/ca.pem', certificates.ca);
    machine.files.set('/k/sub/token', 'from file\n'.replace(' ', '-'));
    machine.files.set(
      '/k/config',
      [
        'current-context: main',
        'contexts: [{name: main, context: {cluster: c, user: u}}]',
        `clusters: [{name: c, cluster: {server: "${SERVER}/", certificate-authority: ca.pem}}]`,
        'users: [{name: u, user: {tokenFile: ./sub/token}}]',
      ].join('\n'),
    );
    const connection = await connect(machine, '', { auth: '/k/config' });
    expect(connection).toMatchObject({ server: SERVER, ca: certificates.ca });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer from-file' });
  });

  it('may be the text itself', async () => {
    const machine = testMachine();
    const connection = await connect(machine, '', { auth: JSON.stringify(kubeconfig({ user: { token: 'abc' } })) });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer abc' });
  });

  it('may not refer to relative files if it is the text itself', async () => {
    const text = JSON.stringify(kubeconfig({ user: { tokenFile: 'token' } }));
    expect(await problemsOf(connect(testMachine(), '', { auth: text }))).toEqual([
      "source kubernetes.summary_api: kubeconfig in auth refers to the relative path token; embed the file's content",
    ]);
  });

  it('gives user and password, and whom to act as', async () => {
    const machine = testMachine();
    const connection = await open(machine, {
      user: { username: 'me', password: 'p@:x', as: 'viewer', 'as-uid': '7', 'as-groups': ['ops'] },
    });
    expect(await headersOf(connection, machine)).toEqual({
      authorization: `Basic ${base64('me:p@:x')}`,
      'impersonate-user': 'viewer',
      'impersonate-uid': '7',
      'impersonate-group': 'ops',
    });
  });

  it('is read again for a new login after a 401', async () => {
    const machine = testMachine();
    const connection = await open(machine, { user: { token: 'old' } });
    machine.files.set('/k/config', JSON.stringify(kubeconfig({ user: { token: 'new' } })));
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer old' });
    expect(await headersOf(connection, machine, { renew: true })).toEqual({ authorization: 'Bearer new' });
  });

  it('has its token file read again as it rotates', async () => {
    const machine = testMachine();
    machine.files.set('/t', 'one');
    const connection = await open(machine, { user: { tokenFile: '/t', token: 'unused' } });
    machine.files.set('/t', 'two');
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer one' });
    machine.clock.advance(MINUTE);
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer two' });
  });

  it("gives way to the pod's token with useServiceAccount", async () => {
    const machine = testMachine();
    machine.files.set(`${SERVICE_ACCOUNT}/token`, 'pod');
    const connection = await open(machine, { user: { token: 'abc' } }, { useServiceAccount: 'true' });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer pod' });
  });

  it('may be told apart by context', async () => {
    const machine = testMachine();
    const two = {
      contexts: [
        { name: 'a', context: { cluster: 'c', user: 'u' } },
        { name: 'b', context: { cluster: 'd', user: 'u' } },
      ],
      clusters: [
        { name: 'c', cluster: { server: 'https://c' } },
        { name: 'd', cluster: { server: 'https://d' } },
      ],
      users: [{ name: 'u', user: { token: 't' } }],
    };
    machine.files.set('/k', JSON.stringify(two));
    expect((await connect(machine, '', { auth: '/k', context: 'b' })).server).toBe('https://d');
    expect(await problemsOf(connect(machine, '', { auth: '/k' }))).toEqual([
      'source kubernetes.summary_api: kubeconfig /k has no current-context; give context=, one of: a, b',
    ]);
  });

  it('turns verification off only if it says so, or the URI does', async () => {
    const authority = { 'certificate-authority-data': base64(certificates.ca) };
    const skipping = await open(testMachine(), { cluster: { ...authority, 'insecure-skip-tls-verify': true } });
    expect(skipping).toMatchObject({ insecure: true, ca: undefined });
    const told = await open(testMachine(), { cluster: authority }, { insecure: 'true' });
    expect(told).toMatchObject({ insecure: true, ca: undefined });
  });

  it('may name a server of this machine over http', async () => {
    const machine = testMachine();
    const connection = await open(machine, { cluster: { server: 'http://127.0.0.1:8001' }, user: { token: 'abc' } });
    expect(connection.server).toBe('http://127.0.0.1:8001');
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer abc' });
  });
});

describe('a kubeconfig that is found', () => {
  it('is the one of KUBECONFIG, merged as kubectl does', async () => {
    const machine = testMachine({ KUBECONFIG: '/missing:/a/one:/b/two' });
    const part = (server: string, token: string) => ({
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: { token } }],
    });
    machine.files.set('/a/one', JSON.stringify(part('https://one', 'one')));
    machine.files.set('/b/two', JSON.stringify({ ...kubeconfig({}), ...part('https://two', 'two') }));
    const connection = await connect(machine, "''");
    expect(connection.server).toBe('https://one');
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer one' });
    expect(machine.notices).toEqual([
      'source kubernetes.summary_api: not in a pod and no cluster is named; using the kubeconfig /missing:/a/one:/b/two',
    ]);
  });

  it('is ~/.kube/config', async () => {
    const machine = testMachine({ HOME: '/home/me' });
    machine.files.set('/home/me/.kube/config', JSON.stringify(kubeconfig({ user: { token: 'abc' } })));
    expect((await connect(machine, '', { auth: '' })).server).toBe(SERVER);
    expect((await connect(machine, '', { auth: '~/.kube/config' })).server).toBe(SERVER);
    expect((await connect(machine, '')).server).toBe(SERVER);
  });
});

describe('a kubeconfig that is wrong', () => {
  const attempt = async (text: string): Promise<string> => {
    const machine = testMachine();
    machine.files.set('/k/config', text);
    return (await problemsOf(connect(machine, '', { auth: '/k/config' }))).join('\n');
  };

  it('is named if it does not exist', async () => {
    expect(await problemsOf(connect(testMachine(), '', { auth: join(folder, 'none') }))).toEqual([
      `source kubernetes.summary_api: kubeconfig ${join(folder, 'none')} does not exist`,
    ]);
  });

  it('is named, with the line, if it is no YAML, and not quoted', async () => {
    const problem = await attempt('users:\n- name: u\n  user:\n    token: "hunter2\n  x: [}\n');
    expect(problem).toMatch(/kubeconfig \/k\/config is not valid YAML: line \d+: /);
    expect(problem).not.toContain('hunter2');
  });

  it.each([
    ['hunter2', 'kubeconfig /k/config is not valid: Invalid input: expected object, received string'],
    ['', 'kubeconfig /k/config is not valid YAML: expected a document'],
    ['{"contexts":[{"name":"a"}]}', 'kubeconfig /k/config is not valid: contexts[0].context: Invalid input'],
    ['{"current-context":"x"}', 'kubeconfig /k/config has no context "x"; there are: none'],
    [
      '{"current-context":"x","contexts":[{"name":"x","context":{"cluster":"c"}}]}',
      'kubeconfig /k/config has no cluster "c" of context "x"; there are: none',
    ],
    [
      '{"current-context":"x","contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],"clusters":[{"name":"c","cluster":{"server":"https://h"}}]}',
      'kubeconfig /k/config has no user "u" of context "x"; there are: none',
    ],
  ])('is explained: %s', async (text, problem) => {
    const message = await attempt(text);
    expect(message).toContain(problem);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    [{ cluster: { server: 'http://10.0.0.1' } }, 'http:// would send credentials unprotected'],
    [{ cluster: { server: 'h:6443' } }, 'the address of the API server must be https://HOST:PORT'],
    [{ cluster: { 'proxy-url': 'http://p' } }, 'proxy-url is not supported'],
    [{ cluster: { 'certificate-authority': '/no/ca' } }, 'certificate-authority /no/ca does not exist'],
    [
      { cluster: { 'certificate-authority-data': base64('hello') } },
      'certificate-authority-data in kubeconfig /k/config holds no PEM certificate',
    ],
    [{ user: { 'as-groups': ['a', 'b'] } }, 'as-groups with several groups, are not supported'],
    [{ user: { token: 'hunter 2' } }, 'the token of user "u" has white space or control characters inside'],
    [{ user: { tokenFile: '/no/token' } }, 'tokenFile /no/token does not exist'],
    [{ user: { 'client-certificate': '/no/cert', 'client-key': '/k' } }, 'client-certificate /no/cert does not exist'],
    [
      { user: { 'client-certificate-data': base64(certificates.client.cert) } },
      'user "u" has a client certificate without its key, or the reverse',
    ],
  ])('is explained: %j', async (parts, problem) => {
    const message = await problemOf(parts);
    expect(message).toMatch(/^source kubernetes.summary_api: /);
    expect(message).toContain(problem);
  });

  it('is explained if the client certificate ended, or the key is another, or encrypted, or none', async () => {
    const pair = (cert: string, key: string) => ({
      user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
    });
    const ended = await endedCertificate();
    const { cert } = certificates.client;
    const encrypted = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n';
    expect(await problemOf(pair(ended.cert, ended.key))).toContain(
      'client-certificate-data in kubeconfig /k/config expired on Jan  1 00:00:00 2021 GMT; get a new one',
    );
    expect(await problemOf(pair(cert, ended.key))).toContain('does not belong to client-certificate-data');
    expect(await problemOf(pair(cert, encrypted))).toContain('is encrypted; store it without a passphrase');
    expect(await problemOf(pair(cert, 'hello'))).toContain('client-key-data in kubeconfig /k/config holds no PEM');
  });
});

describe('a client certificate', () => {
  /** The common name that a TLS server which wants certificates saw, or the error. */
  async function seenBy(connection: ClusterConnection, port: number): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const { cert, key } = connection.clientCertificate ?? {};
    const call = request({ host: '127.0.0.1', port, ca: connection.ca, cert, key }, (response) => {
      response.setEncoding('utf8').on('data', (text: string) => resolve(text));
    });
    call.on('error', (error) => resolve(error.message)).end();
    return promise;
  }

  it('logs in to a server that asks for one', async () => {
    const server = createServer(
      { ...certificates.server, ca: certificates.ca, requestCert: true, rejectUnauthorized: true },
      (incoming, response) => response.end((incoming.socket as TLSSocket).getPeerCertificate().subject.CN),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const connection = await open(testMachine(), {
      cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': base64(certificates.ca) },
      user: {
        'client-certificate-data': base64(certificates.client.cert),
        'client-key-data': base64(certificates.client.key),
      },
    });
    const seen = await seenBy(connection, port);
    server.close();
    expect(seen).toBe('heapless');
  });
});

describe('an exec plugin', () => {
  it('gives a token that is kept until it ends, and a new one after a 401', async () => {
    const count = join(folder, 'count');
    const path = await script(
      'counting.mjs',
      `import { appendFileSync, readFileSync } from 'node:fs';
       appendFileSync(${JSON.stringify(count)}, 'x');
       const token = 't' + readFileSync(${JSON.stringify(count)}, 'utf8').length;
       const expirationTimestamp = new Date(Date.now() + 600_000).toISOString();
       ${printCredential('{ token, expirationTimestamp }')}`,
    );
    const machine = testMachine();
    const connection = await open(machine, { user: execUser(path) });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer t1' });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer t1' });
    expect(await headersOf(connection, machine, { renew: true })).toEqual({ authorization: 'Bearer t2' });
    machine.clock.advance(9.9 * MINUTE);
    const both = await Promise.all([headersOf(connection, machine), headersOf(connection, machine)]);
    expect(both.map((headers) => headers['authorization'])).toEqual(['Bearer t3', 'Bearer t3']);
  });

  it('is given its arguments, its variables, the cluster, and no standard input', async () => {
    const path = await script(
      'telling.mjs',
      `import { readFileSync } from 'node:fs';
       const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
       const input = readFileSync(0, 'utf8');
       const token = [process.argv[2], process.env.MINE, process.env.OURS, info.spec.cluster.server, info.spec.interactive, input.length].join('|');
       ${printCredential('{ token }')}`,
    );
    const machine = testMachine({ OURS: 'ours' });
    const more = { args: [path, 'arg'], env: [{ name: 'MINE', value: 'mine' }], provideClusterInfo: true };
    const connection = await open(machine, { user: execUser(path, more) });
    expect(await headersOf(connection, machine)).toEqual({ authorization: `Bearer arg|mine|ours|${SERVER}|false|0` });
  });

  it('may be a file beside the kubeconfig', async () => {
    const path = await script('plugin.mjs', `#!${process.execPath}\n${printCredential("{ token: 'beside' }")}`);
    await chmod(path, 0o755);
    const config = kubeconfig({ user: execUser('', { command: './plugin.mjs', args: null }) });
    await writeFile(join(folder, 'config'), JSON.stringify(config));
    const machine = testMachine();
    const connection = await connect(machine, '', { auth: join(folder, 'config') });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer beside' });
  });

  it('may give a client certificate', async () => {
    const { cert, key } = certificates.client;
    const status = JSON.stringify({ clientCertificateData: cert, clientKeyData: key });
    const machine = testMachine();
    const connection = await open(machine, { user: execUser(await script('cert.mjs', printCredential(status))) });
    expect(connection.clientCertificate).toEqual({ cert, key });
    expect(await headersOf(connection, machine)).toEqual({});
  });

  it.each([
    [
      'fails',
      "console.error('no session for', process.env.PASS); process.exit(3)",
      'failed (exit code 3): no session for ***',
    ],
    [
      'prints a long token to standard error',
      "console.error('x'.repeat(40)); process.exit(1)",
      'failed (exit code 1): ***',
    ],
    ['prints no JSON', "console.log('hunter2')", 'printed no JSON'],
    ['prints something else', "console.log('{}')", 'printed no ExecCredential: kind, apiVersion, status'],
    ['gives nothing', printCredential('{}'), 'gave neither a token nor a client certificate'],
    [
      'gives half a certificate',
      printCredential("{ token: 'a', clientKeyData: 'hunter2' }"),
      'gave a client certificate without key',
    ],
    [
      'gives what has ended',
      printCredential("{ token: 'hunter2', expirationTimestamp: '2020-01-01T00:00:00Z' }"),
      'gave a credential that ended at 2020-01-01T00:00:00Z; log in with it again',
    ],
    [
      'prints without end',
      "const more = () => process.stdout.write('x'.repeat(65536), more); more()",
      'printed more than 1048576 bytes',
    ],
  ])('that %s is a problem', async (_, body, problem) => {
    const path = await script('wrong.cjs', body);
    const message = await problemOf({ user: execUser(path, { env: [{ name: 'PASS', value: 'hunter2' }] }) });
    expect(message).toContain(`exec plugin "${process.execPath}" ${problem}`);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    [{ command: 'no-such-plugin', installHint: 'Install it.\nMore.' }, 'is not found; Install it.'],
    [
      { apiVersion: 'client.authentication.k8s.io/v1alpha1' },
      'speaks client.authentication.k8s.io/v1alpha1; it must be',
    ],
    [{ interactiveMode: 'Always' }, 'needs a terminal (interactiveMode: Always), and there is none'],
  ])('with %j is a problem', async (more, problem) => {
    expect(await problemOf({ user: execUser('x', more) })).toContain(problem);
  });
});

describe('an auth provider', () => {
  const provider = (name: string, config: object) => ({ user: { 'auth-provider': { name, config } } });

  it('that runs a command gives its token, and a new one after a 401', async () => {
    const count = join(folder, 'gcp-count');
    const path = await script(
      'gcp.cjs',
      `const fs = require('node:fs'); fs.appendFileSync(${JSON.stringify(count)}, 'x');
       const token = 'g' + fs.readFileSync(${JSON.stringify(count)}, 'utf8').length;
       console.log(JSON.stringify({ c: { token, end: new Date(Date.now() + 3_600_000).toISOString() } }))`,
    );
    const machine = testMachine();
    const config = {
      'cmd-path': process.execPath,
      'cmd-args': path,
      'token-key': '{.c.token}',
      'expiry-key': '{.c.end}',
    };
    const connection = await open(machine, provider('gcp', config));
    const first = await headersOf(connection, machine);
    machine.clock.advance(2 * MINUTE);
    expect(await headersOf(connection, machine)).toEqual(first);
    const renewed = await headersOf(connection, machine, { renew: true });
    expect([first['authorization'], renewed['authorization']]).toEqual(['Bearer g1', 'Bearer g2']);
  });

  function idToken(seconds: number): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'RS256' })}.${part({ exp: Math.floor(Date.now() / 1_000) + seconds })}.sig`;
  }

  it('of OpenID Connect gives its token while it lasts', async () => {
    const machine = testMachine();
    const token = idToken(3_600);
    const connection = await open(machine, provider('oidc', { 'id-token': token, 'client-id': 'c' }));
    expect(await headersOf(connection, machine)).toEqual({ authorization: `Bearer ${token}` });
  });

  it.each([
    ['oidc', { 'id-token': idToken(-60), 'client-id': 'c' }],
    ['nonsense', {}],
  ])('%s that can give no token is a problem', async (name, config) => {
    const message = await problemOf(provider(name, config));
    expect(message).toContain(`auth-provider "${name}" of user "u" gave no token: it has ended and cannot be renewed`);
  });

  it('whose token ended says so', async () => {
    const config = { 'access-token': 'hunter2', expiry: '2020-01-01T00:00:00Z' };
    const message = await problemOf(provider('azure', config));
    expect(message).toContain('auth-provider "azure" of user "u" gave no credential: Token is expired!');
    expect(message).not.toContain('hunter2');
  });
});
