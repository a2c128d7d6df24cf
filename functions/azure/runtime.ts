import { readFile } from 'node:fs/promises';
import type { Platform } from '../../shared/app/platform.ts';
import { createRuntime, type Runtime } from '../../shared/app/runtime.ts';
import { systemClock } from '../../shared/core/clock.ts';
import { HeaplessError } from '../../shared/core/errors.ts';
import { readAppSettings } from './app-settings.ts';
import { appIdentity } from './credential.ts';
import { writeLog } from './invocation-log.ts';
import { readSecret } from './secrets.ts';

/**
 * The runtime of this instance, kept from one invocation to the next: clients, connections, the parsed configuration.
 * Empty after a cold start, and again after a start that failed: then it is made anew.
 */
let warm: Promise<Runtime> | undefined;

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
  return await createRuntime({
    env: process.env,
    platform: azurePlatform(process.env),
    // One cluster's secret must not stop the others, and the reduction talks to no cluster.
    deferSourceSecrets: true,
  });
}

/**
 * What Azure Functions gives. `HEAPLESS_AZURE_URL` is where this app's HTTP functions are, which run shards and the
 * reduction; without it both run in this process. Throws `ConfigError` with every wrong app setting.
 */
export function azurePlatform(env: Readonly<Record<string, string | undefined>>): Platform {
  const { state, vault } = readAppSettings(env);
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
  };
}
