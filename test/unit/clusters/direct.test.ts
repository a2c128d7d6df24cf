import { describe, expect, it } from 'vitest';
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

function pod(host = '10.96.0.1'): TestMachine {
  const machine = testMachine({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: '6443' });
  machine.files.set(`${SERVICE_ACCOUNT}/token`, 'first\n');
  machine.files.set(`${SERVICE_ACCOUNT}/ca.crt`, certificates.ca);
  return machine;
}

describe('a cluster from inside a pod', () => {
  it.each(["''", '', '""'])('is reached by the service account with the address %s', async (address) => {
    const machine = pod();
    const connection = await connect(machine, address);
    expect(connection).toMatchObject({ server: 'https://10.96.0.1:6443', ca: certificates.ca, insecure: false });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer first' });
  });

  it('is reached over IPv6', async () => {
    expect((await connect(pod('fd00::1'), '')).server).toBe('https://[fd00::1]:6443');
  });

  it('reads its token again after a minute, and at once after a 401', async () => {
    const machine = pod();
    const connection = await connect(machine, '');
    machine.files.set(`${SERVICE_ACCOUNT}/token`, 'second');
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer first' });
    machine.clock.advance(MINUTE);
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer second' });
    machine.files.set(`${SERVICE_ACCOUNT}/token`, 'third');
    expect(await headersOf(connection, machine, { renew: true })).toEqual({ authorization: 'Bearer third' });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer third' });
  });

  it('takes its address from the URI if there is one, and the rest from the service account', async () => {
    const machine = pod();
    const connection = await connect(machine, 'https://api.example:8443/base/');
    expect(connection).toMatchObject({ server: 'https://api.example:8443/base', ca: certificates.ca });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer first' });
  });

  it('drops the CA with insecure=true', async () => {
    expect(await connect(pod(), '', { insecure: 'true' })).toMatchObject({ ca: undefined, insecure: true });
  });

  it('names the file that is missing', async () => {
    const machine = pod();
    machine.files.delete(`${SERVICE_ACCOUNT}/token`);
    expect(await problemsOf(connect(machine, ''))).toEqual([
      `source kubernetes.summary_api: the service account's token ${SERVICE_ACCOUNT}/token does not exist; outside a pod give https://HOST:PORT with token= or token_file=, or auth= with a kubeconfig`,
    ]);
  });

  it('says so when this is no pod', async () => {
    expect(await problemsOf(connect(testMachine(), '', { inClusterConfig: 'true' }))).toEqual([
      'source kubernetes.summary_api: no cluster is named, and this is no pod (KUBERNETES_SERVICE_HOST is not set); outside a pod give https://HOST:PORT with token= or token_file=, or auth= with a kubeconfig',
    ]);
  });
});

describe('a cluster by its address', () => {
  it('is reached with a token, a CA and a server name', async () => {
    const machine = testMachine();
    machine.files.set('/ca.pem', certificates.ca);
    const connection = await connect(machine, 'https://h:6443', { token: 'abc', ca_file: '/ca.pem', server_name: 'k' });
    expect(connection).toMatchObject({ server: 'https://h:6443', ca: certificates.ca, serverName: 'k' });
    expect(await headersOf(connection, machine)).toEqual({ authorization: 'Bearer abc' });
  });

  it('is reached with a token file that rotates', async () => {
    const machine = testMachine();
    machine.files.set('/token', 'one');
    const connection = await connect(machine, 'https://h', { token_file: '/token' });
    machine.files.set('/token', 'two');
    expect(await headersOf(connection, machine, { renew: true })).toEqual({ authorization: 'Bearer two' });
    expect(connection.ca).toBeUndefined();
  });

  it('reads a rotated token once for all requests that ask at the same time', async () => {
    const machine = testMachine();
    machine.files.set('/token', 'one');
    let reads = 0;
    const counting = { ...machine, readFile: (path: string) => Promise.resolve(`token-${++reads}-${path.length}`) };
    const connection = await connect(counting, 'https://h', { token_file: '/token' });
    const all = await Promise.all(Array.from({ length: 8 }, () => headersOf(connection, machine, { renew: true })));
    expect(reads).toBe(2);
    expect(new Set(all.map((headers) => headers['authorization']))).toEqual(new Set(['Bearer token-2-6']));
  });

  it('is reached with user and password', async () => {
    const machine = testMachine();
    const connection = await connect(machine, 'https://me:p%40ss@h');
    const basic = Buffer.from('me:p@ss').toString('base64');
    expect(await headersOf(connection, machine)).toEqual({ authorization: `Basic ${basic}` });
  });

  it('is reached without login where inClusterConfig=false and nothing else is given', async () => {
    const machine = testMachine();
    const connection = await connect(machine, 'http://127.0.0.1:8001', { inClusterConfig: 'false' });
    expect(connection.server).toBe('http://127.0.0.1:8001');
    expect(await headersOf(connection, machine)).toEqual({});
  });

  it.each(['http://localhost:1', 'http://127.8.9.1', 'http://[::1]:8001'])('may be %s', async (address) => {
    expect((await connect(testMachine(), address, { token: 'abc' })).server).toBe(address);
  });

  it('refuses http:// to another machine unless insecure=true', async () => {
    expect(await problemsOf(connect(testMachine(), 'http://10.0.0.1', { token: 'abc' }))).toEqual([
      'source kubernetes.summary_api: http:// would send credentials unprotected; use https://, or insecure=true if that is meant',
    ]);
    const allowed = await connect(testMachine(), 'http://10.0.0.1', { token: 'abc', insecure: 'true' });
    expect(allowed).toMatchObject({ server: 'http://10.0.0.1', insecure: true });
  });

  it.each([
    ['', 'token_file /t is empty'],
    ['hunter2 hunter3', 'token_file /t has white space or control characters inside'],
    ['hunter2\nx: y', 'token_file /t has white space or control characters inside'],
  ])('refuses the token "%s" without repeating it', async (text, problem) => {
    const machine = testMachine();
    machine.files.set('/t', text);
    expect(await problemsOf(connect(machine, 'https://h', { token_file: '/t' }))).toEqual([
      `source kubernetes.summary_api: ${problem}`,
    ]);
  });

  it('refuses a CA that is missing, none, damaged or ended', async () => {
    const machine = testMachine();
    const attempt = async (text: string | undefined): Promise<string> => {
      if (text !== undefined) machine.files.set('/ca', text);
      return (await problemsOf(connect(machine, 'https://h', { token: 'abc', ca_file: '/ca' }))).join();
    };
    expect(await attempt(undefined)).toContain('ca_file /ca does not exist');
    expect(await attempt('hello')).toContain('ca_file /ca holds no PEM certificate');
    expect(await attempt(certificates.ca.replace(/M/g, 'N'))).toContain('ca_file /ca holds a damaged PEM certificate');
    expect(await attempt((await endedCertificate()).cert)).toContain('ca_file /ca expired on Jan  1 00:00:00 2021 GMT');
    expect(await attempt((await endedCertificate()).cert + certificates.ca)).toBe('');
  });
});
