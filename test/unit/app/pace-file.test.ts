import { describe, expect, it } from 'vitest';
import { openPaceFile } from '../../../shared/app/pace-file.ts';
import { MINUTE } from '../../../shared/core/units.ts';
import { backlogSink } from '../../../shared/state/backlog-key.ts';
import { createMemoryStore } from '../../../shared/state/memory.ts';
import type { ObjectStore } from '../../../shared/state/object-store.ts';

const SLOW = { name: 'stackdriver', shown: 'stackdriver:?min_interval_sec=100', minInterval: 100_000 };
const EACH = { name: 'log', shown: 'log:' };
const STAMP = Date.UTC(2026, 10, 24, 5);
const { signal } = new AbortController();

async function rests(
  store: ObjectStore,
  sinks: readonly (typeof SLOW | typeof EACH)[],
  minute: number,
): Promise<boolean> {
  const pace = await openPaceFile(store, sinks, { cluster: 'prod', timestamp: STAMP + minute * MINUTE }, signal);
  expect(pace.warnings).toEqual([]);
  expect(await pace.settle(signal)).toEqual([]);
  return pace.resting.includes(backlogSink(SLOW));
}

describe('the pace of sinks', () => {
  it('lets a sink rest until its interval has passed since the last tick that it took', async () => {
    const store = createMemoryStore('memory:');

    const resting: boolean[] = [];
    for (const minute of [0, 1, 2, 3, 4, 9]) resting.push(await rests(store, [SLOW], minute));

    expect(resting).toEqual([false, true, false, true, false, false]);
  });

  it('lets nobody rest in a tick that is run once more', async () => {
    const store = createMemoryStore('memory:');

    expect([await rests(store, [SLOW], 0), await rests(store, [SLOW], 0), await rests(store, [SLOW], 1)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('touches no store for sinks that take every tick', async () => {
    const store = createMemoryStore('memory:');

    await rests(store, [EACH], 0);

    expect(await store.list('', signal)).toEqual([]);
  });

  it('does not count a stamp far ahead of the tick', async () => {
    const store = createMemoryStore('memory:');
    await rests(store, [SLOW], 600);

    expect(await rests(store, [SLOW], 0)).toBe(false);
  });

  it('forgets sinks that are not configured any more', async () => {
    const store = createMemoryStore('memory:');
    const other = { ...SLOW, shown: 'stackdriver:?min_interval_sec=300' };
    await rests(store, [SLOW], 0);

    const pace = await openPaceFile(store, [other], { cluster: 'prod', timestamp: STAMP }, signal);
    await pace.settle(signal);
    const body = (await store.get('sinks/prod', signal))?.body.toString();

    expect(Object.keys(JSON.parse(body ?? '{}').exported)).toEqual([backlogSink(other)]);
  });

  it('says when another run was faster', async () => {
    const store = createMemoryStore('memory:');
    const open = (): ReturnType<typeof openPaceFile> =>
      openPaceFile(store, [SLOW], { cluster: 'prod', timestamp: STAMP }, signal);
    const [first, second] = await Promise.all([open(), open()]);

    await first.settle(signal);

    expect(await second.settle(signal)).toEqual(['sinks/prod was changed by another run']);
  });

  it('lets nobody rest while the store fails, and says so', async () => {
    const store = createMemoryStore('memory:');
    const broken: ObjectStore = { ...store, get: () => Promise.reject(new Error('no disk')) };

    const pace = await openPaceFile(broken, [SLOW], { cluster: 'prod', timestamp: STAMP }, signal);

    expect(pace.resting).toEqual([]);
    expect(pace.warnings).toEqual(['sinks/prod could not be read: no disk; no sink rests in this tick']);
  });
});
