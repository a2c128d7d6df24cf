import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnPool, NO_POOL } from '../../../shared/core/column-pool.ts';
import { freeMemory } from '../../../shared/core/free-memory.ts';
import { TableBuilder } from '../../../shared/core/table-builder.ts';

describe('ColumnPool', () => {
  it('uses memory again that was given back, for columns of about the size', () => {
    const pool = new ColumnPool(1_000_000);
    const first = pool.doubles(5_000);
    const { buffer } = first;

    pool.give(first);
    const again = pool.integers(10_000);

    expect(again.buffer).toBe(buffer);
    expect(again).toHaveLength(10_000);
    expect(pool.bytes).toBe(0);
  });

  it('never has one memory twice', () => {
    const pool = new ColumnPool(1_000_000);
    const first = pool.doubles(5_000);
    pool.give(first);

    const [one, other] = [pool.doubles(5_000), pool.doubles(5_000)];

    expect(one.buffer).not.toBe(other.buffer);
  });

  it('keeps no more than it may, and nothing small or of others', () => {
    const pool = new ColumnPool(100_000);
    for (const column of [pool.doubles(10_000), pool.doubles(10_000), pool.doubles(4)]) pool.give(column);
    pool.give(new Float64Array(1_001));
    NO_POOL.give(NO_POOL.doubles(10_000));

    expect(pool.bytes).toBeGreaterThan(0);
    expect(pool.bytes).toBeLessThanOrEqual(100_000);
    expect(NO_POOL.bytes).toBe(0);
  });

  it('has room for every length, an eighth more at most', () => {
    const pool = new ColumnPool(0);

    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000 }), (length) => {
        const { buffer } = pool.doubles(length);
        expect(buffer.byteLength).toBeGreaterThanOrEqual(8 * length);
        if (8 * length > 8_192) expect(buffer.byteLength).toBeLessThanOrEqual(8 * length * 1.125);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a table in a pool', () => {
  it('begins empty in memory that another has left', () => {
    const pool = new ColumnPool(10_000_000);
    const fill = (table: TableBuilder, rows: number): void => {
      for (let row = 0; row < rows; row++) {
        table.addRow();
        table.set(3, row, row);
        table.setLabel(2, row, row + 1);
        table.setStart(row, row);
        table.setSampled(0, row, row);
        table.setParent(row, row);
        table.addSparse(row, 4, 0, row);
        table.statistics(3).count[row] = 7;
      }
    };
    const first = new TableBuilder('pod', pool);
    fill(first, 3_000);
    first.release();
    const kept = pool.bytes;

    const next = new TableBuilder('pod', pool);
    for (let row = 0; row < 3_000; row++) next.addRow();
    next.set(3, 0, 1);
    next.setLabel(2, 0, 5);
    next.setSampled(0, 0, 9);
    const built = next.build();

    expect(kept).toBeGreaterThan(100_000);
    expect(pool.bytes).toBeLessThan(kept);
    expect(built.columns[3]?.slice(0, 3)).toEqual(Float64Array.of(1, Number.NaN, Number.NaN));
    expect(built.columns[3]?.slice(1).every(Number.isNaN)).toBe(true);
    expect(built.labels[2]?.slice(1).every((id) => id === 0)).toBe(true);
    expect(built.sampled[0]?.slice(1).every(Number.isNaN)).toBe(true);
    expect(built.start.every(Number.isNaN)).toBe(true);
    expect(built.created.every(Number.isNaN)).toBe(true);
    expect(built.parent.every((parent) => parent === -1)).toBe(true);
    expect(built.sparse.length).toBe(0);
    expect(next.statistics(3).count.every(Number.isNaN)).toBe(true);
  });
});

describe('freeMemory', () => {
  it('takes the memory of who owns it whole, and of nobody else', () => {
    const whole = Buffer.allocUnsafeSlow(100_000);
    const part = Buffer.allocUnsafeSlow(100_000).fill(7).subarray(1);
    const shared = Buffer.from('small');

    for (const view of [whole, part, shared]) freeMemory(view);

    expect(whole).toHaveLength(0);
    expect(part[0]).toBe(7);
    expect(shared.toString()).toBe('small');
  });
});
