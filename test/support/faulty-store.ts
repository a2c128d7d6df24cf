import { HeaplessError } from '../../shared/core/errors.ts';
import type { ObjectStore } from '../../shared/state/object-store.ts';

/** A store that fails as real ones do: before the work, or after it, so that the caller cannot know. */
export function createFaultyStore(inner: ObjectStore, next: () => 'fine' | 'fails' | 'fails after'): ObjectStore {
  const unavailable = (): HeaplessError =>
    new HeaplessError('state faulty: 503 Slow Down', { code: 'state_unavailable', retryable: true });
  async function asked<T>(work: () => Promise<T>): Promise<T> {
    const fate = next();
    if (fate === 'fails') throw unavailable();
    const result = await work();
    if (fate === 'fails after') throw unavailable();
    return result;
  }
  return {
    shown: inner.shown,
    get: (key, signal) => asked(() => inner.get(key, signal)),
    put: (key, body, condition, signal) => asked(() => inner.put(key, body, condition, signal)),
    delete: (key, version, signal) => asked(() => inner.delete(key, version, signal)),
    list: (prefix, signal) => asked(() => inner.list(prefix, signal)),
    close: () => inner.close(),
  };
}
