import type { MetricTable } from '../core/batch.ts';

const NONE: readonly number[] = [];

/** Indices of the sparse values of each row. */
export function createSparseIndex(table: MetricTable): (row: number) => readonly number[] {
  const { sparse } = table;
  if (sparse.length === 0) return () => NONE;
  const byRow = new Map<number, number[]>();
  for (let at = 0; at < sparse.length; at++) {
    const row = sparse.row[at] ?? -1;
    const entries = byRow.get(row);
    if (entries === undefined) byRow.set(row, [at]);
    else entries.push(at);
  }
  return (row) => byRow.get(row) ?? NONE;
}
