import { describe, expect, it } from 'vitest';
import { createAbortableStore } from '../../../shared/state/abortable-store.ts';
import { createMemoryStore } from '../../../shared/state/memory.ts';
import type { ObjectStore } from '../../../shared/state/object-store.ts';

const never = <T>(): Promise<T> => Promise.withResolvers<T>().promise;
const DEAF: ObjectStore = {
  shown: 'deaf:',
  get: never,
  put: never,
  delete: never,
  list: never,
  close: async () => undefined,
};

const CALLS: readonly (readonly [string, (store: ObjectStore, signal: AbortSignal) => Promise<unknown>])[] = [
  ['get', (store, signal) => store.get('k', signal)],
  ['put', (store, signal) => store.put('k', Buffer.from('x'), { if: 'any' }, signal)],
  ['delete', (store, signal) => store.delete('k', undefined, signal)],
  ['list', (store, signal) => store.list('k', signal)],
];

describe('createAbortableStore', () => {
  it.each(CALLS)('ends a %s that does not hear its signal', async (_, call) => {
    const controller = new AbortController();
    const store = createAbortableStore(DEAF);

    const called = call(store, controller.signal);
    controller.abort();

    await expect(called).rejects.toMatchObject({ code: 'state_aborted', retryable: true });
  });

  it.each(CALLS)('does not begin a %s whose signal has aborted', async (_, call) => {
    const clock = { now: () => 0, sleep: async () => undefined };
    const inner = createMemoryStore('memory:', clock);
    const { signal } = new AbortController();
    await inner.put('k', Buffer.from('old'), { if: 'any' }, signal);

    const called = call(createAbortableStore(inner), AbortSignal.abort());

    await expect(called).rejects.toMatchObject({ code: 'state_aborted' });
    expect((await inner.get('k', signal))?.body.toString()).toBe('old');
  });

  it('gives what the store gives, and its errors as they are', async () => {
    const { signal } = new AbortController();
    const broken = { ...DEAF, get: () => Promise.reject(new Error('503')), list: async () => ['a'] };
    const store = createAbortableStore(broken);

    expect(await store.list('', signal)).toEqual(['a']);
    await expect(store.get('k', signal)).rejects.toThrow('503');
  });
});
