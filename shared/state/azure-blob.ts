import type { TokenCredential } from '@azure/identity';
import type { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { ComponentUri } from '../config/config.ts';
import { textOption } from '../config/option-types.ts';
import { parseOptions } from '../config/options.ts';
import { ConfigError } from '../core/errors.ts';
import { SECOND } from '../core/units.ts';
import * as z from '../core/zod.ts';
import { isAzureAbsent, isAzureConflict, toAzureError } from './azure-blob-error.ts';
import { endOfSecond } from './http-date.ts';
import { checkKey, checkPrefix } from './object-key.ts';
import { readObject } from './object-size.ts';
import type { ObjectStore, PutCondition, PutOutcome } from './object-store.ts';
import { readLocation } from './store-location.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

type Sdk = typeof import('./azure-blob-sdk.ts');

/** Attempts at one request; the signal bounds them all. */
const MAX_ATTEMPTS = 3;
const FIRST_RETRY = SECOND / 5;

const OPTIONS = z.object({
  account_key: textOption({ secret: true }).describe(
    'key of the storage account; default: the identity of the function (managed identity, workload identity, environment)',
  ),
  endpoint: textOption({}).describe(
    'URL of the blob service, for private endpoints, other clouds and emulators; default: https://ACCOUNT.blob.core.windows.net',
  ),
});

/** `azblob://ACCOUNT/CONTAINER/PREFIX?account_key=&endpoint=`. */
export async function openAzureBlobStore(uri: ComponentUri, sdk: Sdk): Promise<ObjectStore> {
  const where = `state ${uri.key}`;
  const { account_key: key, endpoint } = parseOptions(uri, OPTIONS, where);
  const { host: account, path } = readLocation(uri, 'account');
  const [container = '', ...rest] = path.split('/').filter((part) => part !== '');
  const problems: string[] = [];
  if (!/^[a-z0-9]{3,24}$/.test(account)) problems.push('ACCOUNT must be 3 to 24 lower-case letters and digits');
  if (!/^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/.test(container)) {
    problems.push('CONTAINER must be 3 to 63 lower-case letters, digits and single hyphens');
  }
  if (endpoint !== undefined && !URL.canParse(endpoint)) problems.push('endpoint must be a URL');
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => ({ where, problem })));
  const credential = key === undefined ? await identity() : new sdk.StorageSharedKeyCredential(account, key);
  const service = new sdk.BlobServiceClient(endpoint ?? `https://${account}.blob.core.windows.net`, credential, {
    retryOptions: { maxTries: MAX_ATTEMPTS, retryDelayInMs: FIRST_RETRY },
  });
  const prefix = rest.length === 0 ? '' : `${rest.join('/')}/`;
  return createAzureBlobStore({ container: service.getContainerClient(container), prefix, shown: uri.shown });
}

async function identity(): Promise<TokenCredential | StorageSharedKeyCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}

/** Blobs of a container under a prefix. Versions are ETags, which change with every write. */
export function createAzureBlobStore(options: {
  readonly container: ContainerClient;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly shown: string;
}): ObjectStore {
  const { container, prefix, shown } = options;

  /** Runs requests; `expected` may make an outcome of an error. */
  async function asked<T>(
    signal: AbortSignal,
    work: () => Promise<T>,
    expected: (error: unknown) => Promise<T> | T,
  ): Promise<T> {
    throwIfAborted(signal, shown);
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw toAzureError(error, shown, signal);
      try {
        return await expected(error);
      } catch (unexpected) {
        throw toAzureError(unexpected, shown, signal);
      }
    }
  }

  const store: ObjectStore = {
    shown,
    async get(key, signal) {
      checkKey(key);
      return await asked(
        signal,
        async () => {
          const answer = await container
            .getBlobClient(`${prefix}${key}`)
            .download(0, undefined, { abortSignal: signal });
          return {
            body: await readObject(answer.readableStreamBody ?? [], key, shown),
            version: etag(answer.etag),
            written: endOfSecond(answer.lastModified?.getTime()),
            servedAt: answer.date?.getTime(),
          };
        },
        (error) => {
          if (isAzureAbsent(error)) return undefined;
          throw error;
        },
      );
    },
    async put(key, body, condition, signal) {
      checkKey(key);
      // The SDK may still read the bytes when the caller has got an abort.
      const bytes = Buffer.from(body);
      return await asked<PutOutcome>(
        signal,
        async () => {
          const blob = container.getBlockBlobClient(`${prefix}${key}`);
          const answer = await blob.upload(bytes, bytes.byteLength, {
            conditions: conditionsOf(condition),
            abortSignal: signal,
          });
          return { status: 'stored', version: etag(answer.etag) };
        },
        (error) => {
          const gone = condition.if === 'version' && isAzureAbsent(error);
          if (condition.if !== 'any' && (gone || isAzureConflict(error))) return { status: 'conflict' };
          throw error;
        },
      );
    },
    async delete(key, version, signal) {
      checkKey(key);
      return await asked<'deleted' | 'conflict'>(
        signal,
        async () => {
          const conditions = version === undefined ? {} : { ifMatch: version };
          await container.getBlobClient(`${prefix}${key}`).delete({ conditions, abortSignal: signal });
          return 'deleted';
        },
        async (error) => {
          if (isAzureAbsent(error)) return 'deleted';
          if (version === undefined || !isAzureConflict(error)) throw error;
          return (await store.get(key, signal)) === undefined ? 'deleted' : 'conflict';
        },
      );
    },
    async list(begin, signal) {
      checkPrefix(begin);
      const keys: string[] = [];
      return await asked(
        signal,
        async () => {
          const blobs = container.listBlobsFlat({ prefix: `${prefix}${begin}`, abortSignal: signal });
          for await (const { name } of blobs) keys.push(name.slice(prefix.length));
          return keys.toSorted();
        },
        (error) => {
          throw error;
        },
      );
    },
    async close() {},
  };
  return store;
}

function conditionsOf(condition: PutCondition): { readonly ifNoneMatch?: string; readonly ifMatch?: string } {
  if (condition.if === 'any') return {};
  return condition.if === 'absent' ? { ifNoneMatch: '*' } : { ifMatch: condition.version };
}

function etag(value: string | undefined): string {
  if (value === undefined) throw new Error('the answer has no ETag');
  return value;
}
