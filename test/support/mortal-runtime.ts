import type { Runtime } from '../../shared/app/runtime.ts';
import type { EncodedRequest, Sink } from '../../shared/sinks/sink.ts';
import type { ObjectStore } from '../../shared/state/object-store.ts';

/** How a process dies: before its nth effect on the world outside, or right after it, before it hears the answer. */
export interface Death {
  /** Counted from 0. Infinity = it lives, and counts. */
  readonly at: number;
  readonly after: boolean;
}

export interface Mortal {
  readonly through: (runtime: Runtime) => Runtime;
  /** Resolves at the death. */
  readonly died: Promise<void>;
  /** Effects so far: reads and writes of the store, and requests to sinks. */
  readonly effects: () => number;
}

/** A process that is killed at one of its effects: from then on nothing it does reaches the world. */
export function createMortal(death: Death): Mortal {
  let count = 0;
  let dead = false;
  const { promise: died, resolve: die } = Promise.withResolvers<void>();
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

  async function effect<T>(work: () => Promise<T>): Promise<T> {
    if (dead) return await never();
    const here = count++ === death.at;
    if (here) dead = true;
    if (here && !death.after) {
      die();
      return await never();
    }
    const result = await work();
    if (here) die();
    return dead ? await never() : result;
  }

  const store = (inner: ObjectStore): ObjectStore => ({
    shown: inner.shown,
    get: (key, signal) => effect(() => inner.get(key, signal)),
    put: (key, body, condition, signal) => effect(() => inner.put(key, body, condition, signal)),
    delete: (key, version, signal) => effect(() => inner.delete(key, version, signal)),
    list: (prefix, signal) => effect(() => inner.list(prefix, signal)),
    close: () => inner.close(),
  });
  const sink = (inner: Sink): Sink => ({
    ...inner,
    send: (request: EncodedRequest, signal) => effect(() => inner.send(request, signal)),
  });
  return {
    through: (runtime) => ({ ...runtime, store: store(runtime.store), sinks: runtime.sinks.map(sink) }),
    died,
    effects: () => count,
  };
}
