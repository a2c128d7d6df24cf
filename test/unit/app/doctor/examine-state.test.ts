import { describe, expect, it } from 'vitest';
import { examineState } from '../../../../shared/app/doctor/examine-state.ts';
import type { StepFinding } from '../../../../shared/app/doctor/finding.ts';
import { systemClock } from '../../../../shared/core/clock.ts';
import { createDeadline } from '../../../../shared/core/deadline.ts';
import { HeaplessError } from '../../../../shared/core/errors.ts';
import { createMemoryStore } from '../../../../shared/state/memory.ts';
import type { ObjectStore } from '../../../../shared/state/object-store.ts';

async function examine(change: (store: ObjectStore) => Partial<ObjectStore>, millis = 20_000): Promise<StepFinding> {
  const store = createMemoryStore('memory:');
  using deadline = createDeadline(Date.now() + millis, systemClock);
  return await examineState({ ...store, ...change(store) }, deadline);
}

describe('the round trip through the state', () => {
  it('is well with a store as it should be, and leaves nothing there', async () => {
    const store = createMemoryStore('memory:');
    using deadline = createDeadline(Date.now() + 20_000, systemClock);

    const finding = await examineState(store, deadline);

    expect(finding.status).toBe('ok');
    expect(await store.list('', deadline.signal)).toEqual([]);
  });

  it.each<readonly [string, (store: ObjectStore) => Partial<ObjectStore>, RegExp]>([
    [
      'that refuses us',
      () => ({
        put: () =>
          Promise.reject(new HeaplessError('state s3: AccessDenied: s3:PutObject', { code: 'state_forbidden' })),
      }),
      /AccessDenied/,
    ],
    [
      'that lets two writers through',
      (store) => ({ put: (key, body, _condition, signal) => store.put(key, body, { if: 'any' }, signal) }),
      /both let through/,
    ],
    ['that forgets', () => ({ get: () => Promise.resolve(undefined) }), /not what was read/],
    ['that does not list', () => ({ list: () => Promise.resolve([]) }), /not listed/],
    ['that keeps', () => ({ delete: () => Promise.resolve('conflict' as const) }), /not be deleted/],
  ])('finds a store %s', async (_what, change, sentence) => {
    const finding = await examine(change);

    expect([finding.status, finding.sentence]).toEqual(['problem', expect.stringMatching(sentence)]);
    expect(finding.mend).toContain('HEAPLESS_STATE');
  });

  it('ends with its time, whatever the store does', async () => {
    const finding = await examine(() => ({ get: () => new Promise(() => undefined) }), 50);

    expect([finding.status, finding.sentence]).toEqual(['problem', expect.stringContaining('took longer')]);
  });
});
