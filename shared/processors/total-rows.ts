// hot path: bench "enrich, aggregate, totals"
import { type ColumnPool, NO_POOL } from '../core/column-pool.ts';
import type { PartialColumn, PartialTable } from '../fanout/partial.ts';
import { NO_VALUES, TotalValues } from '../fanout/total-values.ts';
import { COUNTER_KEYS, SUMMED_METRICS } from './total-metrics.ts';

const FIRST_ROWS = 64;
/** Sum, count, minimum, maximum. */
const STATISTICS = 4;
const COUNTERS_AT = SUMMED_METRICS.length * STATISTICS;
const WIDTH = COUNTERS_AT + COUNTER_KEYS.length;

/** Counters that are 0 if there is nothing to count. Of the others 0 means that nothing is known. */
const TRUE_ZEROS: ReadonlySet<string> = new Set(['pod/count', 'container/count']);

/** Columns of a table in the order of their keys: either a metric with its statistics or a counter. */
const COLUMNS: readonly { readonly key: string; readonly metric: number | undefined; readonly counter: number }[] = [
  ...SUMMED_METRICS.map(({ key }, metric) => ({ key, metric, counter: -1 })),
  ...COUNTER_KEYS.map((key, counter) => ({ key, metric: undefined, counter })),
].sort((a, b) => (a.key < b.key ? -1 : 1));

/** The cells of a row to which nothing was added. */
const EMPTY_ROW = Float64Array.from({ length: WIDTH }, (_, cell) =>
  cell >= COUNTERS_AT || cell % STATISTICS < 2 ? 0 : cell % STATISTICS === 2 ? Infinity : -Infinity,
);

/** A row, and its labels by the keys of the table that it goes to; null = absent. */
export interface LabelledRow {
  readonly row: number;
  readonly labels: readonly (string | null)[];
}

/** Rows in the order that `mergeTables` has them in. */
export function sortByLabels(labelled: readonly LabelledRow[]): readonly LabelledRow[] {
  const keyed = labelled.map((row) => ({ row, key: JSON.stringify(row.labels) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row);
}

/** Running totals, a row per key. One buffer; a row's statistics and counters lie together. */
export class TotalRows {
  readonly #labels: (readonly string[])[] = [];
  readonly #pool: ColumnPool;
  #cells: Float64Array;

  /** `pool` has the memory of the rows, until `release` gives it back. */
  constructor(pool: ColumnPool = NO_POOL) {
    this.#pool = pool;
    this.#cells = pool.doubles(FIRST_ROWS * WIDTH);
  }

  /** Gives the memory back: nobody may read or add rows any more. */
  release(): void {
    this.#pool.give(this.#cells);
    this.#cells = new Float64Array(0);
  }

  /** Adds a row with the values of its labels and returns its index. */
  addRow(labels: readonly string[]): number {
    const row = this.#labels.length;
    if ((row + 1) * WIDTH > this.#cells.length) {
      const next = this.#pool.doubles(this.#cells.length * 2);
      next.set(this.#cells);
      this.#pool.give(this.#cells);
      this.#cells = next;
    }
    this.#labels.push(labels);
    this.#cells.set(EMPTY_ROW, row * WIDTH);
    return row;
  }

  /** Adds one pod's values to rows, by `SUMMED_METRICS`; NaN = it has none. Row by row, as a row's cells lie together. */
  addValues(rows: Int32Array, values: Float64Array): void {
    const cells = this.#cells;
    for (let i = 0; i < rows.length; i++) {
      let at = rows[i]! * WIDTH;
      for (let metric = 0; metric < values.length; metric++, at += STATISTICS) {
        const value = values[metric]!;
        if (Number.isNaN(value)) continue;
        cells[at]! += value;
        cells[at + 1]!++;
        if (value < cells[at + 2]!) cells[at + 2] = value;
        if (value > cells[at + 3]!) cells[at + 3] = value;
      }
    }
  }

  /** Adds to `COUNTER_KEYS[counter]` of rows. */
  addCount(rows: Int32Array, counter: number, value: number): void {
    const cells = this.#cells;
    for (let i = 0; i < rows.length; i++) cells[rows[i]! * WIDTH + COUNTERS_AT + counter]! += value;
  }

  /** Adds to `COUNTER_KEYS[counter]` of one row. */
  addCountOf(row: number, counter: number, value: number): void {
    this.#cells[row * WIDTH + COUNTERS_AT + counter]! += value;
  }

  /** The values of a row's labels, as it was added with. */
  labelsOf(row: number): readonly string[] {
    return this.#labels[row]!;
  }

  /** Adds all that a row of `other` holds to a row. */
  fold(row: number, other: TotalRows, from: number): void {
    const to = this.#cells;
    const cells = other.#cells;
    const shift = (from - row) * WIDTH;
    const end = (row + 1) * WIDTH;
    let at = row * WIDTH;
    for (const counters = at + COUNTERS_AT; at < counters; at += STATISTICS) {
      if (cells[at + 1 + shift] === 0) continue;
      to[at]! += cells[at + shift]!;
      to[at + 1]! += cells[at + 1 + shift]!;
      to[at + 2] = Math.min(to[at + 2]!, cells[at + 2 + shift]!);
      to[at + 3] = Math.max(to[at + 3]!, cells[at + 3 + shift]!);
    }
    for (; at < end; at++) to[at]! += cells[at + shift]!;
  }

  /** Some rows as a table, sorted by their labels. Empty columns are left out. */
  toTable(labelKeys: readonly string[], labelled: readonly LabelledRow[]): PartialTable {
    const sorted = sortByLabels(labelled);
    const rows = Int32Array.from(sorted, ({ row }) => row);
    const metrics: Record<string, PartialColumn> = {};
    for (const { key, metric, counter } of COLUMNS) {
      const column =
        metric === undefined ? this.#counter(rows, counter, key) : this.#statistics(rows, metric * STATISTICS);
      if (column !== undefined) metrics[key] = column;
    }
    return { labelKeys, labels: sorted.map(({ labels }) => labels), metrics };
  }

  /** The statistics of a metric, whose first is in a row's cell `at`; undefined if no row has a value. */
  #statistics(rows: Int32Array, at: number): PartialColumn | undefined {
    if (!isCounted(this.#cells, rows, at)) return undefined;
    const sum = TotalValues.absent(rows.length);
    const count = TotalValues.absent(rows.length);
    const min = TotalValues.absent(rows.length);
    const max = TotalValues.absent(rows.length);
    copyStatistics(this.#cells, rows, at, { sum, count, min, max });
    return { sum, count, min, max };
  }

  #counter(rows: Int32Array, counter: number, key: string): PartialColumn | undefined {
    const zero = TRUE_ZEROS.has(key) ? 0 : Number.NaN;
    let sum: TotalValues | undefined;
    for (let i = 0; i < rows.length; i++) {
      const value = this.#cells[rows[i]! * WIDTH + COUNTERS_AT + counter]! || zero;
      if (Number.isNaN(value)) continue;
      sum ??= TotalValues.absent(rows.length);
      sum[i] = value;
    }
    return sum === undefined ? undefined : { sum, count: NO_VALUES, min: NO_VALUES, max: NO_VALUES };
  }
}

// By themselves, so that what is compiled for a column is the loop alone.

/** Whether any row counts a value of the metric whose first statistic is in cell `at`. */
function isCounted(cells: Float64Array, rows: Int32Array, at: number): boolean {
  for (let i = 0; i < rows.length; i++) if (cells[rows[i]! * WIDTH + at + 1] !== 0) return true;
  return false;
}

function copyStatistics(
  cells: Float64Array,
  rows: Int32Array,
  at: number,
  { sum, count, min, max }: Record<keyof PartialColumn, TotalValues>,
): void {
  for (let i = 0; i < rows.length; i++) {
    const cell = rows[i]! * WIDTH + at;
    if (cells[cell + 1] === 0) continue;
    sum[i] = cells[cell]!;
    count[i] = cells[cell + 1]!;
    min[i] = cells[cell + 2]!;
    max[i] = cells[cell + 3]!;
  }
}
