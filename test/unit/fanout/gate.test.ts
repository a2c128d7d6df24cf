import { describe, expect, it, vi } from 'vitest';
import { createGate, type Gate, type Opening } from '../../../shared/fanout/gate.ts';

const MINUTE = 60_000;

/** Work that waits to be ended, one after the other; says how much of it runs. */
function endless(gate: Gate, pieces: number) {
  const order: number[] = [];
  const ends: (() => void)[] = [];
  const work = Array.from({ length: pieces }, (_, piece) =>
    gate.run(async () => {
      order.push(piece);
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.push(resolve);
      await promise;
    }),
  );
  return {
    order,
    /** Ends the piece that began as the nth, and lets the next one begin. */
    async end(nth: number) {
      ends[nth]?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
    async endAll() {
      for (let nth = 0; nth < pieces; nth++) await this.end(nth);
      await Promise.all(work);
    },
  };
}

/** Opens whenever it is told to, asked every millisecond. */
function opening(): Opening & { hasRoom: boolean; asked: number } {
  const how = {
    hasRoom: false,
    asked: 0,
    first: 2,
    every: 1,
    watch: () => () => {
      how.asked++;
      return how.hasRoom;
    },
  };
  return how;
}

describe('createGate', () => {
  it('lets so many in at once, in the order of asking', async () => {
    const work = endless(createGate(3), 5);

    expect(work.order).toEqual([0, 1, 2]);
    await work.end(1);
    expect(work.order).toEqual([0, 1, 2, 3]);
    await work.endAll();
    expect(work.order).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives the place of work that fails to the next', async () => {
    const gate = createGate(1);
    const failed = gate.run(() => Promise.reject(new Error('no answer')));

    await expect(failed).rejects.toThrow('no answer');
    await expect(gate.run(async () => 'done')).resolves.toBe('done');
  });

  it('has one place at least', async () => {
    await expect(createGate(0).run(async () => 'done')).resolves.toBe('done');
  });

  it('begins with few places and doubles them while there is room, up to the limit', async () => {
    const how = opening();
    const work = endless(createGate(6, how), 10);
    expect(work.order).toHaveLength(2);

    await vi.waitFor(() => expect(how.asked).toBeGreaterThan(2));
    expect(work.order).toHaveLength(2);

    how.hasRoom = true;
    await vi.waitFor(() => expect(work.order).toHaveLength(6));
    const asked = how.asked;
    await work.endAll();

    expect(work.order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(how.asked).toBe(asked);
  });

  it('begins with few again when all work is done', async () => {
    const how = opening();
    how.hasRoom = true;
    const gate = createGate(4, how);
    const first = endless(gate, 5);
    await vi.waitFor(() => expect(first.order).toHaveLength(4));
    await first.endAll();

    how.hasRoom = false;
    const second = endless(gate, 5);
    expect(second.order).toHaveLength(2);
    await second.endAll();
  });

  it('asks nobody as long as nothing waits', async () => {
    const how = { ...opening(), every: MINUTE };
    const watch = vi.spyOn(how, 'watch');
    const work = endless(createGate(4, how), 2);
    await work.endAll();

    expect(watch).not.toHaveBeenCalled();
  });

  it('keeps within a limit that is below its first places', async () => {
    const work = endless(createGate(1, opening()), 3);

    expect(work.order).toEqual([0]);
    await work.endAll();
    expect(work.order).toEqual([0, 1, 2]);
  });
});
