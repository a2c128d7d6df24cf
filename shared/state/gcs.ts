import { addAbortSignal, type Readable } from 'node:stream';
import type { AuthClient } from 'google-auth-library';
import type { ComponentUri } from '../config/config.ts';
import { booleanOption, textOption } from '../config/option-types.ts';
import { parseOptions } from '../config/options.ts';
import { ConfigError } from '../core/errors.ts';
import { SECOND } from '../core/units.ts';
import * as z from '../core/zod.ts';
import { gcsStatus, isBucketAbsent, toGcsError } from './gcs-error.ts';
import { endOfSecond, readHttpDate } from './http-date.ts';
import { checkKey, checkPrefix } from './object-key.ts';
import { readObject } from './object-size.ts';
import type { ObjectStore, PutCondition, PutOutcome } from './object-store.ts';
import { readLocation } from './store-location.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write';
const API = 'https://storage.googleapis.com';
/** Attempts after the first at one request; the signal bounds them all. */
const RETRIES = 2;

const OPTIONS = z.object({
  endpoint: textOption({}).describe(`URL of the service, for private endpoints and emulators; default: ${API}`),
  anonymous: booleanOption(false).describe('true sends no credentials, for emulators'),
});

/** What the store needs of a client: requests with credentials and the library's own retries. */
export type GcsClient = Pick<AuthClient, 'request'>;

/** `gs://BUCKET/PREFIX?endpoint=&anonymous=`; credentials are the application default ones. */
export async function openGcsStore(uri: ComponentUri): Promise<ObjectStore> {
  const where = `state ${uri.key}`;
  const { endpoint = API, anonymous } = parseOptions(uri, OPTIONS, where);
  const { host: bucket, path } = readLocation(uri, 'bucket');
  if (!URL.canParse(endpoint)) throw new ConfigError([{ where, problem: 'endpoint must be a URL' }]);
  const prefix = path.replaceAll(/^\/+|\/+$/g, '');
  const { GoogleAuth, PassThroughClient } = await import('./gcs-sdk.ts');
  const auth = anonymous ? undefined : new GoogleAuth({ scopes: SCOPE });
  const open = new PassThroughClient();
  const client: GcsClient = {
    // The library's own fetch (node-fetch) throws beside its promise when an upload is aborted.
    request: async (options) =>
      await (auth === undefined ? open : await auth.getClient()).request({ ...options, fetchImplementation: fetch }),
  };
  const base = endpoint.replace(/\/+$/, '');
  return createGcsStore({ client, base, bucket, prefix: prefix === '' ? '' : `${prefix}/`, shown: uri.shown });
}

/**
 * Objects of a bucket under a prefix, by the JSON API. Versions are generations, which change with every write; conditions
 * are `ifGenerationMatch`, so they hold for every writer of the bucket. A conditional write whose answer was lost and that
 * is sent again finds its own object: it compares the bytes before it says `conflict`.
 * https://cloud.google.com/storage/docs/json_api/v1/objects (read 2026-11-24)
 */
export function createGcsStore(options: {
  readonly client: GcsClient;
  readonly base: string;
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly shown: string;
}): ObjectStore {
  const { client, base, bucket, prefix, shown } = options;
  const objects = `${base}/storage/v1/b/${encodeURIComponent(bucket)}/o`;
  const uploads = `${base}/upload/storage/v1/b/${encodeURIComponent(bucket)}/o`;
  const address = (key: string): string => `${objects}/${encodeURIComponent(`${prefix}${key}`)}`;
  const retryConfig = {
    retry: RETRIES,
    noResponseRetries: RETRIES,
    retryDelay: SECOND / 5,
    httpMethodsToRetry: ['GET', 'POST', 'DELETE'],
  };

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
      if (signal.aborted) throw toGcsError(error, shown, signal);
      try {
        return await expected(error);
      } catch (unexpected) {
        throw toGcsError(unexpected, shown, signal);
      }
    }
  }

  const isAbsent = (error: unknown): boolean => gcsStatus(error) === 404 && !isBucketAbsent(error);

  const store: ObjectStore = {
    shown,
    async get(key, signal) {
      checkKey(key);
      return await asked(
        signal,
        async () => {
          const url = `${address(key)}?alt=media`;
          const answer = await client.request<Readable>({ url, responseType: 'stream', retryConfig, signal });
          return {
            body: await readObject(addAbortSignal(signal, answer.data), key, shown),
            version: generation(answer.headers.get('x-goog-generation')),
            written: endOfSecond(readHttpDate(answer.headers.get('last-modified'))),
            servedAt: readHttpDate(answer.headers.get('date')),
          };
        },
        (error) => {
          if (isAbsent(error)) return undefined;
          throw error;
        },
      );
    },
    async put(key, body, condition, signal) {
      checkKey(key);
      const bytes = Buffer.from(body);
      const query = new URLSearchParams({ uploadType: 'media', name: `${prefix}${key}`, ...conditionOf(condition) });
      return await asked<PutOutcome>(
        signal,
        async () => {
          const answer = await client.request<{ readonly generation?: string }>({
            url: `${uploads}?${query}`,
            method: 'POST',
            headers: { 'content-type': 'application/octet-stream' },
            body: bytes,
            retryConfig,
            signal,
          });
          return { status: 'stored', version: generation(answer.data.generation) };
        },
        async (error) => {
          const refused = gcsStatus(error) === 412 || (condition.if === 'version' && isAbsent(error));
          if (condition.if === 'any' || !refused) throw error;
          return attemptsOf(error) > 1 ? await ownWrite(key, bytes, signal) : { status: 'conflict' };
        },
      );
    },
    async delete(key, version, signal) {
      checkKey(key);
      return await asked<'deleted' | 'conflict'>(
        signal,
        async () => {
          const query = version === undefined ? '' : `?ifGenerationMatch=${encodeURIComponent(version)}`;
          await client.request({ url: `${address(key)}${query}`, method: 'DELETE', retryConfig, signal });
          return 'deleted';
        },
        async (error) => {
          if (isAbsent(error)) return 'deleted';
          if (version === undefined || gcsStatus(error) !== 412) throw error;
          return (await store.get(key, signal)) === undefined ? 'deleted' : 'conflict';
        },
      );
    },
    async list(begin, signal) {
      checkPrefix(begin);
      return await asked(
        signal,
        async () => {
          const keys: string[] = [];
          let pageToken: string | undefined;
          do {
            const query = new URLSearchParams({
              prefix: `${prefix}${begin}`,
              fields: 'items(name),nextPageToken',
              ...(pageToken === undefined ? {} : { pageToken }),
            });
            const { data } = await client.request<ListPage>({ url: `${objects}?${query}`, retryConfig, signal });
            for (const { name } of data.items ?? []) keys.push(name.slice(prefix.length));
            pageToken = data.nextPageToken;
          } while (pageToken !== undefined);
          return keys.toSorted();
        },
        (error) => {
          throw error;
        },
      );
    },
    async close() {},
  };

  /** A repeated write was refused: by its own first copy, or by another writer. */
  async function ownWrite(key: string, bytes: Buffer, signal: AbortSignal): Promise<PutOutcome> {
    const object = await store.get(key, signal);
    if (object === undefined || !object.body.equals(bytes)) return { status: 'conflict' };
    return { status: 'stored', version: object.version };
  }

  return store;
}

interface ListPage {
  readonly items?: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
}

function conditionOf(condition: PutCondition): Readonly<Record<string, string>> {
  if (condition.if === 'any') return {};
  return { ifGenerationMatch: condition.if === 'absent' ? '0' : condition.version };
}

function generation(value: string | null | undefined): string {
  if (value === null || value === undefined) throw new Error('the answer has no generation');
  return value;
}

function attemptsOf(error: unknown): number {
  const config = (error as { readonly config?: { readonly retryConfig?: { readonly currentRetryAttempt?: number } } })
    .config;
  return 1 + (config?.retryConfig?.currentRetryAttempt ?? 0);
}
