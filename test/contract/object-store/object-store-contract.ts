import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeaplessError } from '../../../shared/core/errors.ts';
import { MIB } from '../../../shared/core/units.ts';
import type { ObjectStore, PutOutcome } from '../../../shared/state/object-store.ts';

const live = new AbortController().signal;

function version(outcome: PutOutcome): string {
  if (outcome.status !== 'stored') throw new Error(`expected a stored object, got ${outcome.status}`);
  return outcome.version;
}

/** Every byte value, and sequences that are no UTF-8. */
function everyByte(): Buffer {
  return Buffer.from([...Array.from({ length: 256 }, (_, byte) => byte), 0xff, 0xfe, 0xc0, 0x80, 0x0a, 0x0d, 0x0a]);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'nothing thrown';
  } catch (error) {
    return error instanceof HeaplessError ? error.code : `not a HeaplessError: ${String(error)}`;
  }
}

export interface ContractTarget {
  readonly open: () => Promise<ObjectStore>;
  /** A second opening of the same place, as another function instance has it; undefined if a place has one only. */
  readonly openAgain: (() => Promise<ObjectStore>) | undefined;
  /** True if the same bytes written again have the same version (ETags). */
  readonly versionsAreHashes: boolean;
}

/** What every object store does. */
export function describeObjectStore(name: string, target: ContractTarget): void {
  describe(`the object store ${name}`, () => {
    let store: ObjectStore;

    beforeEach(async () => {
      store = await target.open();
    });

    afterEach(async () => {
      await store.close();
    });

    it('has nothing under a key that nobody wrote', async () => {
      expect(await store.get('claim/prod', live)).toBeUndefined();
    });

    it('reads what it has just written, with the version of the write', async () => {
      const first = version(await store.put('claim/prod', Buffer.from('one'), { if: 'any' }, live));
      const second = version(await store.put('claim/prod', Buffer.from('two'), { if: 'any' }, live));

      const object = await store.get('claim/prod', live);

      expect(object).toMatchObject({ body: Buffer.from('two'), version: second });
      expect(second).not.toBe(first);
    });

    it('says by its own clock when an object was written and when it was served', async () => {
      const before = Date.now();
      await store.put('k', Buffer.from('one'), { if: 'any' }, live);

      const object = await store.get('k', live);

      const after = Date.now();
      expect(object?.written).toBeGreaterThanOrEqual(before - 5);
      expect(object?.written).toBeLessThanOrEqual(after + 1000);
      expect(object?.servedAt).toBeGreaterThanOrEqual(Math.floor(before / 1000) * 1000);
      expect(object?.servedAt).toBeLessThanOrEqual(after);
    });

    it('changes the version when the same bytes are written again, unless versions are hashes', async () => {
      const first = version(await store.put('k', Buffer.from('one'), { if: 'any' }, live));
      const again = version(await store.put('k', Buffer.from('one'), { if: 'any' }, live));

      expect(again === first).toBe(target.versionsAreHashes);
    });

    it('creates only what is absent', async () => {
      const created = await store.put('k', Buffer.from('one'), { if: 'absent' }, live);
      const refused = await store.put('k', Buffer.from('two'), { if: 'absent' }, live);

      expect([created.status, refused.status]).toEqual(['stored', 'conflict']);
      expect((await store.get('k', live))?.body.toString()).toBe('one');
    });

    it('replaces only the version that was read', async () => {
      const first = version(await store.put('k', Buffer.from('one'), { if: 'any' }, live));
      const replaced = await store.put('k', Buffer.from('two'), { if: 'version', version: first }, live);
      const refused = await store.put('k', Buffer.from('three'), { if: 'version', version: first }, live);

      expect([replaced.status, refused.status]).toEqual(['stored', 'conflict']);
      expect((await store.get('k', live))?.body.toString()).toBe('two');
    });

    it('does not replace what has been deleted since', async () => {
      const first = version(await store.put('k', Buffer.from('one'), { if: 'any' }, live));
      await store.delete('k', undefined, live);

      const refused = await store.put('k', Buffer.from('two'), { if: 'version', version: first }, live);

      expect(refused.status).toBe('conflict');
      expect(await store.get('k', live)).toBeUndefined();
    });

    it('deletes only the version that was read', async () => {
      const first = version(await store.put('k', Buffer.from('one'), { if: 'any' }, live));
      const second = version(await store.put('k', Buffer.from('two'), { if: 'any' }, live));

      expect(await store.delete('k', first, live)).toBe('conflict');
      expect((await store.get('k', live))?.body.toString()).toBe('two');
      expect(await store.delete('k', second, live)).toBe('deleted');
      expect(await store.get('k', live)).toBeUndefined();
    });

    it('deletes without question what is there and what is not', async () => {
      const written = version(await store.put('k', Buffer.from('one'), { if: 'any' }, live));

      const outcomes = [
        await store.delete('k', undefined, live),
        await store.delete('k', undefined, live),
        await store.delete('k', written, live),
        await store.delete('never/there', undefined, live),
      ];

      expect(outcomes).toEqual(['deleted', 'deleted', 'deleted', 'deleted']);
    });

    it('can create again what was deleted', async () => {
      await store.put('k', Buffer.from('one'), { if: 'absent' }, live);
      await store.delete('k', undefined, live);

      expect((await store.put('k', Buffer.from('two'), { if: 'absent' }, live)).status).toBe('stored');
    });

    it('lists the keys of a prefix in byte order', async () => {
      for (const key of ['b/2', 'b/10', 'b/1', 'b/B', 'b/a/x', 'bb/1', 'a/1', 'b/a', 'b/a-b']) {
        await store.put(key, Buffer.from(key), { if: 'any' }, live);
      }

      expect(await store.list('b/', live)).toEqual(['b/1', 'b/10', 'b/2', 'b/B', 'b/a', 'b/a-b', 'b/a/x']);
      expect(await store.list('b/1', live)).toEqual(['b/1', 'b/10']);
      expect(await store.list('b/a/', live)).toEqual(['b/a/x']);
      expect(await store.list('nothing/', live)).toEqual([]);
      expect(await store.list('', live)).toHaveLength(9);
    });

    it('does not list what was deleted', async () => {
      await store.put('b/1', Buffer.from('x'), { if: 'any' }, live);
      await store.put('b/2', Buffer.from('x'), { if: 'any' }, live);
      await store.delete('b/1', undefined, live);

      expect(await store.list('b/', live)).toEqual(['b/2']);
    });

    it('keeps an empty object, which is not an absent one', async () => {
      await store.put('empty', Buffer.alloc(0), { if: 'absent' }, live);

      expect((await store.get('empty', live))?.body).toEqual(Buffer.alloc(0));
      expect((await store.put('empty', Buffer.from('x'), { if: 'absent' }, live)).status).toBe('conflict');
    });

    it('keeps 5 MB, and every byte as it is', async () => {
      const large = Buffer.alloc(5 * MIB, everyByte());
      await store.put('large', large, { if: 'any' }, live);
      await store.put('bytes', everyByte(), { if: 'any' }, live);

      expect((await store.get('large', live))?.body.equals(large)).toBe(true);
      expect((await store.get('bytes', live))?.body).toEqual(everyByte());
    });

    it('keeps a copy: what happens later to the bytes given or got changes nothing', async () => {
      const body = Buffer.from('one');
      await store.put('k', body, { if: 'any' }, live);
      body.fill('x');
      (await store.get('k', live))?.body.fill('y');

      expect((await store.get('k', live))?.body.toString()).toBe('one');
    });

    it('takes every key that encodeURIComponent can make', async () => {
      const names = ['prod', 'arn:aws:eks:eu-west-1:1/c', 'Zürich & co', "a!~*'()b", '.hidden', 'a.object', '%2e'];
      const keys = names.map((name) => `claim/${encodeURIComponent(name)}`);
      for (const key of keys) await store.put(key, Buffer.from(key), { if: 'absent' }, live);

      for (const key of keys) expect((await store.get(key, live))?.body.toString()).toBe(key);
      expect(await store.list('claim/', live)).toEqual(keys.toSorted());
    });

    it.each(['', '/', 'a//b', '/a', 'a/', '..', '../a', 'a/../b', 'a/.', 'a\\b', 'a\nb', 'a\0', 'é', 'x'.repeat(201)])(
      'refuses the key %j',
      async (key) => {
        expect(await codeOf(store.get(key, live))).toBe('state_key_invalid');
        expect(await codeOf(store.put(key, Buffer.from('x'), { if: 'any' }, live))).toBe('state_key_invalid');
        expect(await codeOf(store.delete(key, undefined, live))).toBe('state_key_invalid');
      },
    );

    it.each(['../', '/a', 'a/../', 'a//'])('refuses to list %j', async (prefix) => {
      expect(await codeOf(store.list(prefix, live))).toBe('state_key_invalid');
    });

    it('lets exactly one of 8 writers replace a version, round after round', async () => {
      const others = await Promise.all(Array.from({ length: 7 }, () => target.openAgain?.() ?? store));
      const writers = [store, ...others];
      let current = version(await store.put('race', Buffer.from('start'), { if: 'absent' }, live));
      const winners: number[] = [];
      for (let round = 0; round < 6; round++) {
        const outcomes = await Promise.all(
          writers.map((writer, n) =>
            writer.put('race', Buffer.from(`${round}-${n}`), { if: 'version', version: current }, live),
          ),
        );
        winners.push(outcomes.filter(({ status }) => status === 'stored').length);
        const winner = outcomes.findIndex(({ status }) => status === 'stored');
        expect((await store.get('race', live))?.body.toString()).toBe(`${round}-${winner}`);
        current = version(outcomes[winner] ?? { status: 'conflict' });
      }
      for (const other of others) if (other !== store) await other.close();

      expect(winners).toEqual([1, 1, 1, 1, 1, 1]);
    });

    it('lets exactly one of 8 writers create an object', async () => {
      const writers = await Promise.all(Array.from({ length: 8 }, () => target.openAgain?.() ?? store));

      const outcomes = await Promise.all(
        writers.map((writer, n) => writer.put('fresh', Buffer.from(`${n}`), { if: 'absent' }, live)),
      );
      for (const writer of writers) if (writer !== store) await writer.close();

      const winner = outcomes.findIndex(({ status }) => status === 'stored');
      expect(outcomes.filter(({ status }) => status === 'stored')).toHaveLength(1);
      expect((await store.get('fresh', live))?.body.toString()).toBe(`${winner}`);
    });

    it('does nothing once its signal has aborted', async () => {
      await store.put('k', Buffer.from('one'), { if: 'any' }, live);
      const aborted = AbortSignal.abort(new Error('deadline'));

      expect(await codeOf(store.get('k', aborted))).toBe('state_aborted');
      expect(await codeOf(store.put('k', Buffer.from('two'), { if: 'any' }, aborted))).toBe('state_aborted');
      expect(await codeOf(store.delete('k', undefined, aborted))).toBe('state_aborted');
      expect(await codeOf(store.list('', aborted))).toBe('state_aborted');
      expect((await store.get('k', live))?.body.toString()).toBe('one');
    });

    it('ends a write under way when its signal aborts, and leaves the old object or the new one whole', async () => {
      const before = Buffer.alloc(MIB, 'a');
      const after = Buffer.alloc(5 * MIB, 'b');
      await store.put('k', before, { if: 'any' }, live);
      const controller = new AbortController();

      const writing = store.put('k', after, { if: 'any' }, controller.signal).then(
        () => 'stored',
        (error: unknown) => (error instanceof HeaplessError ? error.code : String(error)),
      );
      controller.abort();

      expect(['stored', 'state_aborted']).toContain(await writing);
      const object = await store.get('k', live);
      expect(object?.body.equals(before) === true || object?.body.equals(after) === true).toBe(true);
    });
  });
}
