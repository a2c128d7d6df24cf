import { randomUUID } from 'node:crypto';
import type { ComponentUri } from '../config/config.ts';
import { parseOptions } from '../config/options.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { freeMemory } from '../core/free-memory.ts';
import * as z from '../core/zod.ts';
import { checkKey, checkPrefix } from './object-key.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { readLocation } from './store-location.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

/** `memory:`: objects of this process, gone with it. Each opening is a store of its own. */
export function openMemoryStore(uri: ComponentUri): ObjectStore {
  parseOptions(uri, z.object({}), `state ${uri.key}`);
  readLocation(uri, 'none');
  return createMemoryStore(uri.shown);
}

/** `clock` is the store's own, for `written` and `servedAt`. */
export function createMemoryStore(shown: string, clock: Pick<Clock, 'now'> = systemClock): ObjectStore {
  const objects = new Map<string, StoredObject>();
  const drop = (key: string): void => {
    const object = objects.get(key);
    // Nobody else has it: what was put and got are copies.
    if (object !== undefined) freeMemory(object.body);
    objects.delete(key);
  };
  return {
    shown,
    async get(key, signal) {
      checkKey(key);
      throwIfAborted(signal, shown);
      const object = objects.get(key);
      return object && { ...object, body: Buffer.from(object.body), servedAt: clock.now() };
    },
    async put(key, body, condition, signal) {
      checkKey(key);
      throwIfAborted(signal, shown);
      const current = objects.get(key)?.version;
      if (condition.if === 'absent' && current !== undefined) return { status: 'conflict' };
      if (condition.if === 'version' && current !== condition.version) return { status: 'conflict' };
      const version = randomUUID();
      drop(key);
      objects.set(key, { body: Buffer.from(body), version, written: clock.now() });
      return { status: 'stored', version };
    },
    async delete(key, version, signal) {
      checkKey(key);
      throwIfAborted(signal, shown);
      const current = objects.get(key)?.version;
      if (current !== undefined && version !== undefined && current !== version) return 'conflict';
      drop(key);
      return 'deleted';
    },
    async list(prefix, signal) {
      checkPrefix(prefix);
      throwIfAborted(signal, shown);
      return [...objects.keys()].filter((key) => key.startsWith(prefix)).toSorted();
    },
    async close() {
      objects.clear();
    },
  };
}
