import type { ComponentUri } from '../config/config.ts';
import { hint } from '../config/did-you-mean.ts';
import { ConfigError } from '../core/errors.ts';
import { createAbortableStore } from './abortable-store.ts';
import type { ObjectStore } from './object-store.ts';

type OpenStore = (uri: ComponentUri) => Promise<ObjectStore>;

/** Every state store by its URI key. A store's code, and its SDK, is loaded when the URI names it. */
export const STORES = {
  memory: async (uri) => (await import('./memory.ts')).openMemoryStore(uri),
  file: async (uri) => await (await import('./file.ts')).openFileStore(uri),
  s3: async (uri) => {
    const [{ openS3Store }, sdk] = await Promise.all([import('./s3.ts'), import('./s3-sdk.ts')]);
    return openS3Store(uri, sdk);
  },
  azblob: async (uri) => {
    const [{ openAzureBlobStore }, sdk] = await Promise.all([import('./azure-blob.ts'), import('./azure-blob-sdk.ts')]);
    return await openAzureBlobStore(uri, sdk);
  },
  gs: async (uri) => await (await import('./gcs.ts')).openGcsStore(uri),
} as const satisfies Readonly<Record<string, OpenStore>>;

export type StoreKey = keyof typeof STORES;

export function isStoreKey(key: string): key is StoreKey {
  return Object.hasOwn(STORES, key);
}

/** Opens the store of a state URI; its calls end with their signal. Throws `ConfigError` with what is allowed. */
export async function openStore(uri: ComponentUri): Promise<ObjectStore> {
  if (!isStoreKey(uri.key)) throw new ConfigError([{ where: `state ${uri.key}`, problem: problemOf(uri.key) }]);
  return createAbortableStore(await STORES[uri.key](uri));
}

function problemOf(key: string): string {
  const keys = Object.keys(STORES);
  const allowed =
    'allowed are memory:, file:DIR, s3://BUCKET/PREFIX, azblob://ACCOUNT/CONTAINER/PREFIX and gs://BUCKET/PREFIX';
  return `is not a state store${hint(key, keys) || ';'} ${allowed}`;
}
