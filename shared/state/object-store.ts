import type { UnixMillis } from '../core/units.ts';

/** Version of a stored object (an ETag): opaque, changes with every write. */
export type ObjectVersion = string;

export interface StoredObject {
  readonly body: Buffer;
  readonly version: ObjectVersion;
  /** When it was written at the latest, by the store's own clock; undefined if the store does not say. */
  readonly written?: UnixMillis | undefined;
  /** The store's own clock when it answered, at the earliest (some tell whole seconds only); undefined if the store does not say. */
  readonly servedAt?: UnixMillis | undefined;
}

/** What must be true for a write: the object is absent, or still has this version, or anything. */
export type PutCondition =
  | { readonly if: 'absent' }
  | { readonly if: 'version'; readonly version: ObjectVersion }
  | { readonly if: 'any' };

export type PutOutcome =
  | { readonly status: 'stored'; readonly version: ObjectVersion }
  | { readonly status: 'conflict' };

/** Objects by key (`claim/prod`), with conditional writes and read-your-write. Errors are thrown as `HeaplessError`. */
export interface ObjectStore {
  /** The URI it was opened with, as it may be shown. */
  readonly shown: string;
  get(key: string, signal: AbortSignal): Promise<StoredObject | undefined>;
  put(key: string, body: Uint8Array, condition: PutCondition, signal: AbortSignal): Promise<PutOutcome>;
  /** Deletes if the version is still this one (or any, if undefined); deleting what is not there is `stored`-like success. */
  delete(key: string, version: ObjectVersion | undefined, signal: AbortSignal): Promise<'deleted' | 'conflict'>;
  /** Keys that start with a prefix, in byte order. */
  list(prefix: string, signal: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}
