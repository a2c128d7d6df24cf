import { createAbortableStore } from '../../shared/state/abortable-store.ts';
import type { ObjectStore } from '../../shared/state/object-store.ts';

/** One call of a store: `get claim/world`. */
export type StoreCall = `${'get' | 'put' | 'delete' | 'list'} ${string}`;

/** A store whose chosen calls never end, signal or not, as the registry hands it out. `hangs` is asked at each call. */
export function createHangingStore(inner: ObjectStore, hangs: (call: StoreCall) => boolean): ObjectStore {
  const asked = <T>(call: StoreCall, work: () => Promise<T>): Promise<T> =>
    hangs(call) ? Promise.withResolvers<T>().promise : work();
  return createAbortableStore({
    shown: inner.shown,
    get: (key, signal) => asked(`get ${key}`, () => inner.get(key, signal)),
    put: (key, body, condition, signal) => asked(`put ${key}`, () => inner.put(key, body, condition, signal)),
    delete: (key, version, signal) => asked(`delete ${key}`, () => inner.delete(key, version, signal)),
    list: (prefix, signal) => asked(`list ${prefix}`, () => inner.list(prefix, signal)),
    close: () => inner.close(),
  });
}
