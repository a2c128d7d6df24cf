import { readFile } from 'node:fs/promises';
import type { Platform } from '../../shared/app/platform.ts';
import { createRuntime, type Runtime } from '../../shared/app/runtime.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { HeaplessError } from '../../shared/core/errors.ts';
import { type Millis, SECOND } from '../../shared/core/units.ts';
import type { ObjectStore } from '../../shared/state/object-store.ts';
import type { HttpTarget } from '../http/http-call.ts';
import { createHttpInvoker, createHttpReducer } from '../http/http-invoker.ts';
import { createSharedToken } from '../http/shared-token.ts';
import { type AppSettings, readAppSettings } from './app-settings.ts';
import { appIdentity } from './credential.ts';
import host from './host.json' with { type: 'json' };
import { writeLog } from './invocation-log.ts';
import { readSecret } from './secrets.ts';

/**
 * The runtime of this instance, kept from one invocation to the next: clients, connections, the parsed configuration.
 * Empty after a cold start, and again after a start that failed: then it is made anew.
 */
let warm: Promise<Runtime> | undefined;

/**
 * Largest request of a function app, in bytes.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits, read 2026-11-24
 */
export const MOST_BYTES = 104_857_600;

/** Longest look at the store when an instance starts. */
const STORE_CHECK: Millis = 5 * SECOND;

const ADVICE = {
  401: 'HEAPLESS_AZURE_AUDIENCE and HEAPLESS_AZURE_TENANT must be the same for all functions of the app',
  403: "the app's identity must be in HEAPLESS_AZURE_CALLERS",
  404: 'deploy the app again, all its functions together',
  413: 'lower HEAPLESS_SHARD_SIZE or HEAPLESS_GROUP_LIMIT',
} as const;

/** The runtime of this function instance. Rejects with every problem of the configuration at once. */
export async function azureRuntime(): Promise<Runtime> {
  warm ??= open();
  try {
    return await warm;
  } catch (error) {
    warm = undefined;
    throw error;
  }
}

async function open(): Promise<Runtime> {
  const runtime = await createRuntime({
    env: process.env,
    platform: azurePlatform(process.env),
    // One cluster's secret must not stop the others, and the reduction talks to no cluster.
    deferSourceSecrets: true,
  });
  try {
    await checkStore(runtime.store);
    return runtime;
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

/**
 * Throws if the store refuses us for good: no role, no identity, no container. A tick would go on without it, as it should
 * when a store fails for a while; but a wrong deployment is to be seen at its first run, before anything is exported twice.
 */
async function checkStore(store: ObjectStore): Promise<void> {
  try {
    await store.get('claim/start', AbortSignal.timeout(STORE_CHECK));
  } catch (error) {
    if (error instanceof HeaplessError && !error.retryable && error.code !== 'state_aborted') throw error;
  }
}

/**
 * What Azure Functions gives. `HEAPLESS_AZURE_URL` is where this app's HTTP functions are, which run shards and the
 * reduction; without it both run in this process. Throws `ConfigError` with every wrong app setting.
 */
export function azurePlatform(env: Readonly<Record<string, string | undefined>>): Platform {
  const { state, vault, functions } = readAppSettings(env);
  const target = functions === undefined ? undefined : targetsOf(functions);
  return {
    name: 'azure',
    defaultState: state,
    clock: systemClock,
    random: Math.random,
    readFile: (path) => readFile(path, 'utf8'),
    readSecret: async (name) => {
      if (vault === undefined) {
        const message = 'HEAPLESS_AZURE_KEY_VAULT is not set; write https://NAME.vault.azure.net';
        throw new HeaplessError(message, { code: 'secret_missing' });
      }
      return await readSecret(name, { url: vault, credential: appIdentity });
    },
    write: writeLog,
    writeLog,
    shardInvoker: target === undefined ? undefined : createHttpInvoker(target('scrape')),
    reducer: target === undefined ? undefined : createHttpReducer(target('reduce')),
  };
}

/** This app's HTTP functions, called with the app's own identity. */
function targetsOf({ url, audience }: NonNullable<AppSettings['functions']>): (name: string) => HttpTarget {
  const authorize = createSharedToken({
    clock: systemClock,
    load: async (signal) => {
      const token = await (await appIdentity()).getToken(`${audience}/.default`, { abortSignal: signal });
      if (token === null) throw new Error('the identity gave no token');
      return { text: token.token, until: token.expiresOnTimestamp };
    },
  });
  return (name) => ({
    url: new URL(`/${host.extensions.http.routePrefix}/${name}`, url),
    maxBytes: MOST_BYTES,
    authorize,
    advice: ADVICE,
  });
}
