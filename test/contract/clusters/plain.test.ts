import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { connect, type TestMachine, testCertificates, testMachine } from '../../unit/clusters/fixtures.ts';
import { describeConnection } from './connection-contract.ts';

let ca = '';
let folder = '';
beforeAll(async () => {
  ({ ca } = await testCertificates());
  folder = await mkdtemp(join(tmpdir(), 'clusters-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A machine that counts how often it is asked for a file. */
function countingMachine(path: string, env: Readonly<Record<string, string>> = {}) {
  const machine = testMachine(env);
  let asked = 0;
  const readCounted = async (file: string): Promise<string> => {
    if (file === path) asked++;
    return await machine.readFile(file);
  };
  return { machine: { ...machine, readFile: readCounted } satisfies TestMachine, asked: () => asked };
}

describeConnection('a plain host with a token file', async () => {
  const { machine, asked } = countingMachine('/token');
  machine.files.set('/ca', ca).set('/token', 'secret-token-of-a-file');
  const connection = await connect(machine, 'https://k8s.example:6443', { ca_file: '/ca', token_file: '/token' });
  return { connection, asked, async [Symbol.asyncDispose]() {} };
});

describeConnection('a pod', async () => {
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const { machine, asked } = countingMachine(`${account}/token`, env);
  machine.files.set(`${account}/ca.crt`, ca).set(`${account}/token`, 'secret-token-of-a-pod');
  return { connection: await connect(machine, ''), asked, async [Symbol.asyncDispose]() {} };
});

/** A kubeconfig whose user is this. */
function kubeconfig(user: object): string {
  const cluster = { server: 'https://k8s.example', 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    clusters: [{ name: 'k', cluster }],
    users: [{ name: 'u', user }],
  });
}

describeConnection('a kubeconfig with a token file', async () => {
  const { machine, asked } = countingMachine('/token');
  machine.files.set('/config', kubeconfig({ tokenFile: '/token' })).set('/token', 'secret-token-of-a-config');
  return { connection: await connect(machine, '', { auth: '/config' }), asked, async [Symbol.asyncDispose]() {} };
});

describeConnection('a kubeconfig with an exec plugin', async () => {
  const machine = testMachine({ PATH: process.env['PATH'] ?? '' });
  const log = join(folder, `log-${Math.random()}`);
  const answer = { token: 'secret-token-of-a-plugin' };
  const document = { kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: answer };
  const script = `require('fs').appendFileSync(${JSON.stringify(log)},'x');console.log(${JSON.stringify(JSON.stringify(document))})`;
  await writeFile(log, '');
  const exec = { apiVersion: document.apiVersion, command: process.execPath, args: ['-e', script] };
  machine.files.set('/config', kubeconfig({ exec }));
  const connection = await connect(machine, '', { auth: '/config' });
  let size = (await readFile(log, 'utf8')).length;
  const { authenticate } = connection;
  return {
    connection: {
      ...connection,
      async authenticate(options) {
        const headers = await authenticate(options);
        size = (await readFile(log, 'utf8')).length;
        return headers;
      },
    },
    asked: () => size,
    async [Symbol.asyncDispose]() {},
  };
});
