import { addAbortSignal, Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ComponentUri } from '../config/config.ts';
import { booleanOption, textOption } from '../config/option-types.ts';
import { parseOptions } from '../config/options.ts';
import { ConfigError } from '../core/errors.ts';
import { SECOND, type UnixMillis } from '../core/units.ts';
import * as z from '../core/zod.ts';
import { endOfSecond, readHttpDate } from './http-date.ts';
import { checkKey, checkPrefix } from './object-key.ts';
import { checkObjectSize, readObject } from './object-size.ts';
import type { ObjectStore, PutCondition, PutOutcome } from './object-store.ts';
import { isAbsent, isConflict, toS3Error } from './s3-error.ts';
import { readLocation } from './store-location.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

type Sdk = typeof import('./s3-sdk.ts');

/** Attempts at one request; the signal bounds them all. */
const MAX_ATTEMPTS = 3;
const CONNECTION_TIMEOUT = 3 * SECOND;

const OPTIONS = z.object({
  endpoint: textOption({}).describe('URL of an S3-compatible service; default: the one of AWS'),
  region: textOption({}).describe('region of the bucket; default: that of the environment'),
  path_style: booleanOption(undefined).describe(
    'bucket in the path, not in the host name; default: true with an endpoint',
  ),
});

/** `s3://BUCKET/PREFIX?endpoint=&region=&path_style=`; credentials come from the environment as in every AWS tool. */
export function openS3Store(uri: ComponentUri, sdk: Sdk): ObjectStore {
  const where = `state ${uri.key}`;
  const { endpoint, region, path_style: pathStyle } = parseOptions(uri, OPTIONS, where);
  const { host: bucket, path } = readLocation(uri, 'host');
  const prefix = path.replaceAll(/^\/+|\/+$/g, '');
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    throw new ConfigError([{ where, problem: `endpoint must be a URL such as https://minio.example:9000` }]);
  }
  const client = new sdk.S3Client({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return createS3Store({ client, sdk, bucket, prefix: prefix === '' ? '' : `${prefix}/`, shown: uri.shown });
}

/**
 * Objects of a bucket under a prefix. Versions are ETags: for S3 an object that is written again with the same bytes has the
 * same version. Conditions are If-None-Match and If-Match, so they hold for every writer of the bucket.
 */
export function createS3Store(options: {
  readonly client: S3Client;
  readonly sdk: Sdk;
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly shown: string;
}): ObjectStore {
  const { client, sdk, bucket, prefix, shown } = options;
  const place = (key: string): { readonly Bucket: string; readonly Key: string } => {
    checkKey(key);
    return { Bucket: bucket, Key: `${prefix}${key}` };
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
      if (signal.aborted) throw toS3Error(error, shown, signal);
      try {
        return await expected(error);
      } catch (unexpected) {
        throw toS3Error(unexpected, shown, signal);
      }
    }
  }

  const store: ObjectStore = {
    shown,
    async get(key, signal) {
      const input = place(key);
      return await asked(
        signal,
        async () => {
          const command = new sdk.GetObjectCommand(input);
          let servedAt: UnixMillis | undefined;
          command.middlewareStack.add(
            (next) => async (args) => {
              const result = await next(args);
              const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
              servedAt = readHttpDate(headers?.['date']);
              return result;
            },
            { step: 'deserialize', priority: 'low', name: 'heaplessServedAt' },
          );
          const answer = await client.send(command, { abortSignal: signal });
          const { ETag, LastModified } = answer;
          return {
            body: await readAll(answer, { key, shown, signal }),
            version: etag(ETag),
            written: endOfSecond(LastModified?.getTime()),
            servedAt,
          };
        },
        (error) => {
          if (isAbsent(error)) return undefined;
          throw error;
        },
      );
    },
    async put(key, body, condition, signal) {
      const input = { ...place(key), Body: body, ContentLength: body.byteLength, ...conditionOf(condition) };
      return await asked<PutOutcome>(
        signal,
        async () => {
          const { ETag } = await client.send(new sdk.PutObjectCommand(input), { abortSignal: signal });
          return { status: 'stored', version: etag(ETag) };
        },
        (error) => {
          const gone = condition.if === 'version' && isAbsent(error);
          if (condition.if !== 'any' && (gone || isConflict(error))) return { status: 'conflict' };
          throw error;
        },
      );
    },
    async delete(key, version, signal) {
      const input = { ...place(key), ...(version === undefined ? {} : { IfMatch: version }) };
      return await asked<'deleted' | 'conflict'>(
        signal,
        async () => {
          await client.send(new sdk.DeleteObjectCommand(input), { abortSignal: signal });
          return 'deleted';
        },
        async (error) => {
          if (isAbsent(error)) return 'deleted';
          if (version === undefined || !isConflict(error)) throw error;
          return (await store.get(key, signal)) === undefined ? 'deleted' : 'conflict';
        },
      );
    },
    async list(begin, signal) {
      checkPrefix(begin);
      const input = { Bucket: bucket, Prefix: `${prefix}${begin}` };
      const keys: string[] = [];
      return await asked(
        signal,
        async () => {
          const pages = sdk.paginateListObjectsV2({ client }, input, { abortSignal: signal });
          for await (const page of pages) {
            for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key.slice(prefix.length));
          }
          return keys.toSorted();
        },
        (error) => {
          throw error;
        },
      );
    },
    async close() {
      client.destroy();
    },
  };
  return store;
}

function conditionOf(condition: PutCondition): { readonly IfNoneMatch?: string; readonly IfMatch?: string } {
  if (condition.if === 'any') return {};
  return condition.if === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: condition.version };
}

function etag(value: string | undefined): string {
  if (value === undefined)
    throw new Error('the answer has no ETag; this service cannot be used for conditional writes');
  return value;
}

async function readAll(
  { Body, ContentLength }: { readonly Body?: unknown; readonly ContentLength?: number | undefined },
  { key, shown, signal }: { readonly key: string; readonly shown: string; readonly signal: AbortSignal },
): Promise<Buffer> {
  if (!(Body instanceof Readable)) throw new Error('the answer has no body');
  try {
    checkObjectSize(ContentLength, key, shown);
    return await readObject(addAbortSignal(signal, Body), key, shown);
  } finally {
    Body.destroy();
  }
}
