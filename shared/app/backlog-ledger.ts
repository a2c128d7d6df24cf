import { describeError } from '../core/errors.ts';
import type { UnixMillis } from '../core/units.ts';
import { type BacklogPlace, backlogKey } from '../state/backlog-key.ts';
import {
  type BacklogObject,
  type BacklogRequest,
  backlogPoints,
  decodeBacklog,
  encodeBacklog,
} from '../state/backlog-object.ts';
import type { ObjectStore, ObjectVersion } from '../state/object-store.ts';

/** A stored object and how to change it. */
export interface BacklogEntry {
  readonly key: string;
  readonly version: ObjectVersion;
  readonly object: BacklogObject;
}

/** What waits for one sink, from one shard or from the reduction, in the state store. */
export interface BacklogLedger {
  /** Stores requests of a tick under a key of their own; its place, or why it was not stored. */
  write(object: BacklogObject, signal: AbortSignal): Promise<BacklogPlace | { readonly failed: string }>;
  /** `gone`: another run has dealt with it. `unreadable`: it was put aside. */
  read(
    key: string,
    signal: AbortSignal,
  ): Promise<BacklogEntry | { readonly status: 'gone' } | { readonly status: 'unreadable'; readonly warning: string }>;
  /** Marks that any request of an entry may have been taken from now on. Undefined: another run has it. */
  markSending(entry: BacklogEntry, signal: AbortSignal): Promise<BacklogEntry | undefined>;
  /** Deletes an entry; it is no loss if another run did. */
  remove(entry: BacklogEntry, signal: AbortSignal): Promise<void>;
}

export function createBacklogLedger(
  store: ObjectStore,
  owner: { readonly cluster: string; readonly sink: string; readonly part: string },
): BacklogLedger {
  return {
    async write(object, signal) {
      const bytes = await encodeBacklog(object);
      const { timestamp } = object;
      const place = { ...owner, timestamp, points: backlogPoints(object), bytes: bytes.byteLength };
      try {
        await store.put(backlogKey(place), bytes, { if: 'any' }, signal);
        return place;
      } catch (error) {
        return { failed: describeError(error) };
      }
    },
    async read(key, signal) {
      const stored = await store.get(key, signal);
      if (stored === undefined) return { status: 'gone' };
      const decoded = await decodeBacklog(stored.body);
      if (decoded.status === 'ok') return { key, version: stored.version, object: decoded.object };
      const aside = key.replace(/^backlog\//, 'backlog-set-aside/');
      await store.put(aside, stored.body, { if: 'any' }, signal);
      await store.delete(key, stored.version, signal);
      return { status: 'unreadable', warning: `${key} ${decoded.reason}; it was put to ${aside}` };
    },
    async markSending(entry, signal) {
      const object: BacklogObject = { ...entry.object, kind: 'ahead' };
      const put = await store.put(
        entry.key,
        await encodeBacklog(object),
        { if: 'version', version: entry.version },
        signal,
      );
      return put.status === 'stored' ? { key: entry.key, version: put.version, object } : undefined;
    },
    async remove(entry, signal) {
      await store.delete(entry.key, entry.version, signal);
    },
  };
}

/** The requests of an object that may be sent now; points of the others, which may have been taken already. */
export function sendable(object: BacklogObject): {
  readonly requests: readonly BacklogRequest[];
  readonly doubtful: number;
} {
  if (object.kind === 'spilled') return { requests: object.requests, doubtful: 0 };
  const requests = object.requests.filter(({ idempotent }) => idempotent);
  return { requests, doubtful: backlogPoints(object) - backlogPoints({ ...object, requests }) };
}

/** True if a second copy of anything in it would change what is stored. */
export function isDelicate(object: BacklogObject): boolean {
  return object.kind === 'spilled' && object.requests.some(({ idempotent }) => !idempotent);
}

/** Points of places, and the oldest stamp. */
export function sumPlaces(places: readonly BacklogPlace[]): { readonly points: number; readonly oldest?: UnixMillis } {
  const points = places.reduce((sum, place) => sum + place.points, 0);
  return places.length === 0 ? { points } : { points, oldest: Math.min(...places.map(({ timestamp }) => timestamp)) };
}
