import { keepWarm } from '../../shared/app/keep-warm.ts';
import { openRuntime } from '../../shared/app/open-runtime.ts';
import type { Platform } from '../../shared/app/platform.ts';
import { readTextFile } from '../../shared/app/read-text-file.ts';
import type { Runtime } from '../../shared/app/runtime.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { HeaplessError } from '../../shared/core/errors.ts';
import type { HttpTarget } from '../http/http-call.ts';
import { createHttpInvoker, createHttpReducer } from '../http/http-invoker.ts';
import { createSharedToken } from '../http/shared-token.ts';
import { type AppSettings, readAppSettings } from './app-settings.ts';
import { appIdentity } from './credential.ts';
import host from './host.json' with { type: 'json' };
import { writeLog } from './invocation-log.ts';
import { readSecret } from './secrets.ts';

/**
 * Largest request of a function app, in bytes.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits, read 2026-11-24
 */
export const MOST_BYTES = 104_857_600;

const ADVICE = {
  401: 'HEAPLESS_AZURE_AUDIENCE and HEAPLESS_AZURE_TENANT must be the same for all functions of the app',
  403: "the app's identity must be in HEAPLESS_AZURE_CALLERS",
  404: 'deploy the app again, all its functions together',
  413: 'lower HEAPLESS_SHARD_SIZE or HEAPLESS_GROUP_LIMIT',
} as const;

/** The runtime of this function instance. Rejects with every problem of the configuration at once. */
export const azureRuntime: () => Promise<Runtime> = keepWarm(() =>
  openRuntime({
    env: process.env,
    platform: azurePlatform(process.env),
    // One cluster's secret must not stop the others, and the reduction talks to no cluster.
    deferSourceSecrets: true,
  }),
);

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
    readFile: readTextFile,
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
