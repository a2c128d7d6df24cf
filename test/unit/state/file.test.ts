import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../shared/core/clock.ts';
import { HeaplessError } from '../../../shared/core/errors.ts';
import { HOUR, SECOND } from '../../../shared/core/units.ts';
import { createFileStore } from '../../../shared/state/file.ts';
import { createFileLock, LOCK_LEASE } from '../../../shared/state/file-lock.ts';
import { createVirtualClock, type VirtualClock } from '../../support/state-clock.ts';
import { createStateFolder } from '../../support/state-folder.ts';

const live = new AbortController().signal;
const NOW = Date.UTC(2026, 0, 1);
const GONE_PID = 2 ** 22 + 1;

let folder = '';
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ path: folder, remove } = await createStateFolder());
});

afterEach(async () => {
  await remove();
});

describe('the file store', () => {
  it('leaves nothing but the objects and empty folders of its own', async () => {
    const store = await createFileStore({ folder, shown: 'file:', clock: systemClock });
    await store.put('a/b', Buffer.from('x'), { if: 'absent' }, live);
    await store.put('a/b', Buffer.from('y'), { if: 'absent' }, live);
    await store.put('a/c', Buffer.from('z'), { if: 'any' }, live);
    await store.delete('a/c', undefined, live);

    const files = await readdir(folder, { recursive: true });

    expect(files.toSorted()).toEqual(['.heapless', '.heapless/locks', '.heapless/temporary', 'a', 'a/b.object']);
  });

  it('keeps the body readable after its first line', async () => {
    const store = await createFileStore({ folder, shown: 'file:', clock: systemClock });
    await store.put('a', Buffer.from('{"x":1}'), { if: 'any' }, live);

    expect(await readFile(join(folder, 'a.object'), 'utf8')).toMatch(/^heapless-object 1 [0-9a-f]{32}\n\{"x":1\}$/);
  });

  it('takes a file that somebody else put there for an object', async () => {
    const store = await createFileStore({ folder, shown: 'file:', clock: systemClock });
    await writeFile(join(folder, 'a.object'), 'by hand');

    const object = await store.get('a', live);
    const replaced = await store.put('a', Buffer.from('x'), { if: 'version', version: object?.version ?? '' }, live);

    expect(object?.body.toString()).toBe('by hand');
    expect(replaced.status).toBe('stored');
  });

  it('lists every object while others take and release its locks', async () => {
    const store = await createFileStore({ folder, shown: 'file:', clock: systemClock });
    const keys = ['a', 'b/c', 'b/d/e'];
    for (const key of keys) await store.put(key, Buffer.from('x'), { if: 'any' }, live);
    let writing = true;
    const writer = (async () => {
      while (writing) await store.put('a', Buffer.from('y'), { if: 'any' }, live);
    })();

    const lists: (readonly string[])[] = [];
    for (let tries = 0; tries < 300; tries++) lists.push(await store.list('', live));
    writing = false;
    await writer;

    for (const list of lists) expect(list).toEqual(keys);
  });

  it('refuses keys of its own folder', async () => {
    const store = await createFileStore({ folder, shown: 'file:', clock: systemClock });

    await expect(store.get('.heapless/locks', live)).rejects.toMatchObject({ code: 'state_key_invalid' });
  });

  it('removes what a killed process left behind an hour ago, and nothing younger', async () => {
    const temporary = join(folder, '.heapless/temporary');
    await mkdir(temporary, { recursive: true });
    for (const name of ['old', 'young']) await writeFile(join(temporary, name), '');
    await utimes(join(temporary, 'old'), new Date(NOW - HOUR - SECOND), new Date(NOW - HOUR - SECOND));
    await utimes(join(temporary, 'young'), new Date(NOW), new Date(NOW));

    await createFileStore({ folder, shown: 'file:', clock: createVirtualClock(NOW) });

    expect(await readdir(temporary)).toEqual(['young']);
  });

  it('says what is in the way', async () => {
    const store = await createFileStore({ folder, shown: 'file:state', clock: systemClock });
    await writeFile(join(folder, 'a'), 'not a folder');

    const writing = store.put('a/b', Buffer.from('x'), { if: 'any' }, live);

    await expect(writing).rejects.toMatchObject({ code: 'state_unavailable' });
    await expect(writing).rejects.toThrow(/state file:state: E.*a file is in the way/);
  });
});

describe('the file lock', () => {
  let clock: VirtualClock;
  let locks = '';
  let temporary = '';

  beforeEach(async () => {
    clock = createVirtualClock(NOW);
    locks = join(folder, 'locks');
    temporary = join(folder, 'temporary');
    for (const path of [locks, temporary]) await mkdir(path);
  });

  const lock = () => createFileLock({ locks, temporary, clock });

  async function leave(token: string): Promise<void> {
    await mkdir(join(locks, 'x'), { recursive: true });
    await writeFile(join(locks, 'x', token), '');
  }

  /** Gives up after so many looks at the lock. */
  function patience(looks: number): () => void {
    let left = looks;
    return () => {
      if (left-- <= 0) throw new HeaplessError('no patience left', { code: 'test' });
    };
  }

  it('runs one holder after the other', async () => {
    const events: string[] = [];
    const hold = (name: string) =>
      lock().hold('x', patience(10_000), async () => {
        events.push(`${name} in`);
        await readdir(folder);
        events.push(`${name} out`);
      });

    await Promise.all(['a', 'b', 'c', 'd'].map(hold));

    const pairs = [0, 2, 4, 6].map((n) => [events[n]?.slice(0, 1), events[n + 1]]);
    expect(events).toHaveLength(8);
    for (const [name, out] of pairs) expect(out).toBe(`${name} out`);
  });

  it('is free again after work that failed', async () => {
    const failing = lock().hold('x', patience(1), async () => {
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');

    expect(await lock().hold('x', patience(1), async () => 'done')).toBe('done');
    expect(await readdir(temporary)).toEqual([]);
  });

  it('takes over at once from a process that has ended', async () => {
    await leave(`${encodeURIComponent(hostname())}~${GONE_PID}~${NOW}~00`);

    expect(await lock().hold('x', patience(1), async () => 'done')).toBe('done');
  });

  it('takes over at once from an earlier process that had our number', async () => {
    await leave(`${encodeURIComponent(hostname())}~${process.pid}~${NOW}~00`);

    expect(await lock().hold('x', patience(1), async () => 'done')).toBe('done');
  });

  it('waits for a process of another machine until its lease has ended', async () => {
    await leave(`elsewhere~1~${NOW}~00`);

    await expect(lock().hold('x', patience(3), async () => 'done')).rejects.toThrow('no patience left');
    clock.advance(LOCK_LEASE + 1);

    expect(await lock().hold('x', patience(1), async () => 'done')).toBe('done');
  });

  it('lets one of 8 waiting take over at a time', async () => {
    await leave(`${encodeURIComponent(hostname())}~${GONE_PID}~${NOW}~00`);
    let inside = 0;
    let most = 0;

    await Promise.all(
      Array.from({ length: 8 }, () =>
        lock().hold('x', patience(10_000), async () => {
          most = Math.max(most, ++inside);
          await readdir(folder);
          inside--;
        }),
      ),
    );

    expect(most).toBe(1);
  });

  it('tells a holder that was stopped for too long that it holds no more', async () => {
    const owned: boolean[] = [];
    await lock().hold('x', patience(1), async (ownsStill) => {
      owned.push(await ownsStill());
      clock.advance(LOCK_LEASE + 1);
      await lock().hold('x', patience(1), async () => undefined);
      owned.push(await ownsStill());
    });

    expect(owned).toEqual([true, false]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('stops waiting when its check throws, and leaves nothing', async () => {
    await leave(`elsewhere~1~${NOW}~00`);

    await expect(lock().hold('x', patience(0), async () => undefined)).rejects.toMatchObject({ code: 'test' });
    expect(await readdir(temporary)).toEqual([]);
  });
});
