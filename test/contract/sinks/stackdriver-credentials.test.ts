import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../../shared/sinks/sink.ts';
import { type MonitoringServer, startMonitoringServer } from '../../sim/monitoring-server.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../..');

let folder: string;
let server: MonitoringServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heapless-google-'));
  const certificate = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  });
  await writeFile(join(folder, 'ca.pem'), certificate.cert);
  server = await startMonitoringServer({
    project: 'of-the-key',
    tls: { key: certificate.private, cert: certificate.cert },
  });
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** A key file of a service account: its tokens are made and signed on this machine. */
async function writeKey(): Promise<string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const file = join(folder, 'key.json');
  await writeFile(
    file,
    JSON.stringify({
      type: 'service_account',
      project_id: 'of-the-key',
      private_key_id: '1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: 'heapless@of-the-key.iam.gserviceaccount.com',
      client_id: '1',
      universe_domain: 'googleapis.com',
    }),
  );
  return file;
}

/** Sends two points from a process of its own, whose library reads the roots that it trusts when it is loaded. */
async function sendOne(
  query: string,
  trust: boolean,
): Promise<{ readonly outcome: SendOutcome; readonly cause: string }> {
  const script = `
    const { parseUri } = await import('${ROOT}/shared/config/uri.ts');
    const { systemClock } = await import('${ROOT}/shared/core/clock.ts');
    const { openSink } = await import('${ROOT}/shared/sinks/registry.ts');
    const { nodeBatch } = await import('${ROOT}/test/contract/sinks/contract-batch.ts');
    const uri = parseUri(process.argv[1], {});
    const sink = await openSink(uri, { clock: systemClock, notice: () => {}, write: () => {} });
    const [request] = sink.encode(nodeBatch(2), () => undefined);
    const outcome = await sink.send(request, AbortSignal.timeout(8_000));
    await sink.close();
    process.stdout.write(JSON.stringify({ outcome, cause: String(outcome.cause) }));`;
  const uri = `stackdriver:?zone=a&endpoint=${encodeURIComponent(server.url)}${query}`;
  const env = {
    PATH: process.env['PATH'],
    GOOGLE_APPLICATION_CREDENTIALS: await writeKey(),
    ...(trust ? { GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: join(folder, 'ca.pem') } : {}),
  };
  const { stdout } = await run(process.execPath, ['--no-warnings', '--input-type=module', '-e', script, uri], { env });
  return JSON.parse(stdout) as { readonly outcome: SendOutcome; readonly cause: string };
}

describe('stackdriver: by TLS', () => {
  it('sends nothing to who has no certificate to trust', async () => {
    const { cause } = await sendOne('', false);

    expect(cause).toMatch(/self-signed certificate/);
    expect(server.calls).toEqual([]);
  });

  it('sends a token of the key file, into the project of the key file', async () => {
    const { outcome } = await sendOne('', true);

    expect(outcome).toEqual({ status: 'delivered' });
    const [scheme, token = ''] = String(server.lastMetadata['authorization']).split(' ');
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    expect(scheme).toBe('Bearer');
    expect(claims).toMatchObject({ iss: 'heapless@of-the-key.iam.gserviceaccount.com' });
    expect(server.written).toHaveLength(2);
  });

  it('sends into project= in place of that of the key file', async () => {
    const { outcome } = await sendOne('&project=another', true);

    expect(outcome).toMatchObject({ status: 'split' });
    expect(server.lastMetadata['x-goog-request-params']).toBe('name=projects%2Fanother');
  });
});
