import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { buildBundle } from '../../infra/bundle.ts';
import { BUNDLES } from '../../infra/bundles.ts';
import type { TickReport } from '../../shared/app/tick-report.ts';
import { type AzureCloud, startAzureCloud, TENANT } from '../sim/azure-cloud.ts';
import { AZURITE_ACCOUNT, AZURITE_KEY, type Azurite, startAzurite } from './azurite.ts';
import { type HttpGate, openHttpGate } from './http-gate.ts';
import { createRealFolder, freePorts, type RealProcess, startRealProcess } from './real-process.ts';
import { trustAuthority } from './trust-authority.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const HOST = join(ROOT, 'test/sim/azure-functions-host.ts');
const CONTAINER = 'state';
export const AUDIENCE = 'api://aaaaaaaa-1111-4111-8111-111111111111';
/** The app's identity, and another of the same directory. */
export const APP = {
  clientId: 'cccccccc-0000-4000-8000-000000000001',
  objectId: 'dddddddd-0000-4000-8000-000000000001',
};
export const STRANGER = {
  clientId: 'cccccccc-0000-4000-8000-000000000009',
  objectId: 'dddddddd-0000-4000-8000-000000000009',
};

/** What a run of the timer came to. */
export interface TimerRun {
  readonly result?: readonly TickReport[];
  readonly error?: string;
}

/** One function app in its host, with the settings that the template gives it. */
export interface AzureApp extends AsyncDisposable {
  readonly url: string;
  /** The way by which the app's functions call each other. */
  readonly gate: HttpGate;
  /** Registered functions with their bindings, as the host indexes them. */
  functions(): Promise<readonly { readonly name: string; readonly bindings: Readonly<Record<string, unknown>> }[]>;
  /** Moves the app's calendar so many milliseconds ahead of the real one, or lets it stand at a time. */
  setClock(to: { readonly ahead: number } | { readonly still: number }): Promise<void>;
  /** Lets the timer's time come, or hands over a timer of the test's. */
  fire(what?: { readonly value?: unknown }): Promise<TimerRun>;
  /** Starts the timer's function by hand, as the portal does. */
  byHand(): Promise<TimerRun>;
  call(name: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** The app's own log lines of one event. */
  events(name: string): readonly Readonly<Record<string, unknown>>[];
  /** Functions in the order in which the host began to run them. */
  executed(): readonly string[];
}

/** Storage, directory and vault of Azure on this machine, and function apps in them. */
export interface AzureStack extends AsyncDisposable {
  readonly cloud: AzureCloud;
  /** The blobs of the state container. */
  blobs(): Promise<readonly string[]>;
  /** The state's URI in a container. */
  stateUri(container: string): string;
  startApp(settings?: Readonly<Record<string, string>>): Promise<AzureApp>;
}

/**
 * Builds the bundle and starts what it runs against. State lies in Azurite, over TLS, reached by the app's managed identity;
 * `secrets` are in the vault.
 */
export async function startAzureStack(options: {
  readonly secrets: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
}): Promise<AzureStack> {
  const folder = await mkdtemp(join(tmpdir(), 'heapless-azure-'));
  const started: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const end of started.toReversed()) await end();
  };
  try {
    const bundle = BUNDLES.find(({ name }) => name === 'azure');
    if (bundle === undefined) throw new Error('there is no bundle for Azure');
    const [cloud] = await Promise.all([
      startAzureCloud({
        identities: [APP, STRANGER],
        audiences: [AUDIENCE],
        secrets: options.secrets,
        secretReaders: [APP.clientId],
      }),
      buildBundle(bundle, { root: ROOT, outdir: folder }),
    ]);
    started.push(async () => await cloud[Symbol.asyncDispose]());
    const { certificate } = cloud;
    const [ca, cert, key] = ['ca', 'cert', 'key'].map((name) => join(folder, `${name}.pem`)) as [
      string,
      string,
      string,
    ];
    await Promise.all([
      writeFile(ca, certificate.ca),
      writeFile(cert, certificate.cert),
      writeFile(key, certificate.key, { mode: 0o600 }),
    ]);
    const azurite: Azurite = await startAzurite({ cert, key });
    started.push(() => azurite.stop());
    trustAuthority(certificate.ca);
    const owner = new StorageSharedKeyCredential(AZURITE_ACCOUNT, AZURITE_KEY);
    const container = new BlobServiceClient(azurite.endpoint, owner).getContainerClient(CONTAINER);
    await container.create();
    const stateUri = (name: string): string =>
      `azblob://${AZURITE_ACCOUNT}/${name}/heapless?endpoint=${encodeURIComponent(azurite.endpoint)}`;
    const startApp = async (settings: Readonly<Record<string, string>> = {}): Promise<AzureApp> => {
      const [port = 0] = await freePorts(1);
      const gate = await openHttpGate(port);
      started.push(async () => await gate[Symbol.asyncDispose]());
      const host = await startHost(join(folder, 'azure'), port, {
        NODE_EXTRA_CA_CERTS: ca,
        ...cloud.identityEnv,
        AZURE_CLIENT_ID: APP.clientId,
        AZURE_AUTHORITY_HOST: cloud.url,
        HEAPLESS_AZURE_TENANT: TENANT,
        HEAPLESS_AZURE_AUDIENCE: AUDIENCE,
        HEAPLESS_AZURE_CALLERS: APP.objectId,
        HEAPLESS_AZURE_KEY_VAULT: cloud.url,
        HEAPLESS_AZURE_URL: gate.url,
        HEAPLESS_STATE: stateUri(CONTAINER),
        ...options.settings,
        ...settings,
      });
      started.push(async () => await host[Symbol.asyncDispose]());
      return { ...host, gate };
    };
    return {
      cloud,
      stateUri,
      startApp,
      async blobs() {
        const names: string[] = [];
        for await (const { name } of container.listBlobsFlat()) names.push(name);
        return names.sort();
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startHost(
  folder: string,
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<Omit<AzureApp, 'gate'>> {
  const host: RealProcess = await startRealProcess({
    path: process.execPath,
    args: [HOST, folder],
    folder: await createRealFolder(),
    env: { ...env, HOST_PORT: String(port) },
    isReady: (said) => said.includes('listens on'),
  });
  const url = `http://127.0.0.1:${port}`;
  const admin = async (path: string, body?: unknown): Promise<unknown> => {
    const headers = { 'x-functions-key': 'master' };
    const sent = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}`, sent).catch((error: unknown) => {
      throw new Error(`${path}: ${String(error)}; the host said ${host.output().slice(-2_000)}`);
    });
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
    return await answer.json();
  };
  return {
    url,
    functions: async () => (await admin('/admin/functions')) as Awaited<ReturnType<AzureApp['functions']>>,
    setClock: async (to) => void (await admin('/sim/clock', to)),
    fire: async (what = {}) => (await admin('/sim/timers/tick', what)) as TimerRun,
    byHand: async () => (await admin('/admin/functions/tick', {})) as TimerRun,
    call: (name, body, headers = {}) =>
      fetch(`${url}/api/${name}`, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    events: (name) => eventsIn(host.lines(), name),
    executed: () => [...host.output().matchAll(/"Executing '(\w+)'"/g)].map((match) => match[1] ?? ''),
    [Symbol.asyncDispose]: async () => await host[Symbol.asyncDispose](),
  };
}

/** The app's JSON lines, out of the host's. */
function eventsIn(lines: readonly string[], event: string): readonly Readonly<Record<string, unknown>>[] {
  return lines
    .map((line) => JSON.parse(line) as { readonly category: string; readonly message: string })
    .filter(({ category, message }) => category === 'user' && message.startsWith('{'))
    .map(({ message }) => JSON.parse(message) as Readonly<Record<string, unknown>>)
    .filter((line) => line['event'] === event);
}
