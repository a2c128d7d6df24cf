import type { SparseValues } from '../core/batch.ts';

/** The entries that `keep` says yes to, with `rowOf` as their rows. */
export function selectSparse(
  sparse: SparseValues,
  keep: (at: number) => boolean,
  rowOf: (row: number) => number = (row) => row,
): SparseValues {
  const kept: number[] = [];
  for (let at = 0; at < sparse.length; at++) if (keep(at)) kept.push(at);
  if (kept.length === sparse.length) return sparse;
  const ints = (from: Int32Array): Int32Array => Int32Array.from(kept, (at) => from[at] ?? 0);
  return {
    length: kept.length,
    row: Int32Array.from(kept, (at) => rowOf(sparse.row[at] ?? 0)),
    metric: ints(sparse.metric),
    own: ints(sparse.own),
    value: Float64Array.from(kept, (at) => sparse.value[at] ?? Number.NaN),
  };
}
