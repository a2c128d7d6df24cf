import type { ObjectStore } from './object-store.ts';
import { abortedError, throwIfAborted } from './throw-if-aborted.ts';

/**
 * A store whose calls end with their signal, whatever is below them does with it: SDKs look for credentials, and disks of
 * the network wait, without one. What a call does later is not heard; a write may still arrive.
 */
export function createAbortableStore(inner: ObjectStore): ObjectStore {
  const asked = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    throwIfAborted(signal, inner.shown);
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => reject(abortedError(signal, inner.shown));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([work(), ended]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  };
  return {
    shown: inner.shown,
    get: (key, signal) => asked(signal, () => inner.get(key, signal)),
    put: (key, body, condition, signal) => asked(signal, () => inner.put(key, body, condition, signal)),
    delete: (key, version, signal) => asked(signal, () => inner.delete(key, version, signal)),
    list: (prefix, signal) => asked(signal, () => inner.list(prefix, signal)),
    close: () => inner.close(),
  };
}
