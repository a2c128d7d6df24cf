// hot path: bench "enrich, aggregate, totals"
import { absentValues, type PartialColumn, type PartialTable } from '../fanout/partial.ts';
import { COUNTER_KEYS, SUMMED_METRICS } from './total-metrics.ts';

const FIRST_ROWS = 64;
/** Sum, count, minimum, maximum. */
const STATISTICS = 4;
const COUNTERS_AT = SUMMED_METRICS.length * STATISTICS;
const WIDTH = COUNTERS_AT + COUNTER_KEYS.length;

/** Counters that are 0 if there is nothing to count. Of the others 0 means that nothing is known. */
const TRUE_ZEROS: ReadonlySet<string> = new Set(['pod/count', 'container/count']);

/** Running totals, a row per key. One buffer; a row's statistics and counters lie together. */
export class TotalRows {
  readonly #labels: (readonly string[])[] = [];
  #cells: Float64Array = new Float64Array(FIRST_ROWS * WIDTH);

  /** Adds a row with the values of its labels and returns its index. */
  addRow(labels: readonly string[]): number {
    const row = this.#labels.length;
    if ((row + 1) * WIDTH > this.#cells.length) {
      const next = new Float64Array(this.#cells.length * 2);
      next.set(this.#cells);
      this.#cells = next;
    }
    this.#labels.push(labels);
    for (let at = row * WIDTH; at < row * WIDTH + COUNTERS_AT; at += STATISTICS) {
      this.#cells[at + 2] = Number.POSITIVE_INFINITY;
      this.#cells[at + 3] = Number.NEGATIVE_INFINITY;
    }
    return row;
  }

  /** Adds one pod's value of `SUMMED_METRICS[metric]` to rows. */
  addValue(rows: Int32Array, metric: number, value: number): void {
    const cells = this.#cells;
    for (let i = 0; i < rows.length; i++) {
      const at = rows[i]! * WIDTH + metric * STATISTICS;
      cells[at]! += value;
      cells[at + 1]!++;
      if (value < cells[at + 2]!) cells[at + 2] = value;
      if (value > cells[at + 3]!) cells[at + 3] = value;
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

  /** Some rows as a table; `place` says where each of a row's label values goes among `labelKeys`. Empty columns are left out. */
  toTable(
    rows: readonly number[],
    labelKeys: readonly string[],
    place: (labels: readonly string[]) => readonly (string | null)[],
  ): PartialTable {
    const metrics: Record<string, PartialColumn> = {};
    for (let metric = 0; metric < SUMMED_METRICS.length; metric++) {
      const column = this.#statistics(rows, metric * STATISTICS);
      if (column !== undefined) metrics[SUMMED_METRICS[metric]!.key] = column;
    }
    for (let counter = 0; counter < COUNTER_KEYS.length; counter++) {
      const sum = this.#counter(rows, counter);
      if (sum !== undefined) metrics[COUNTER_KEYS[counter]!] = { sum, count: [], min: [], max: [] };
    }
    return { labelKeys, labels: rows.map((row) => place(this.#labels[row]!)), metrics };
  }

  /** The statistics of a metric, whose first is in a row's cell `at`; undefined if no row has a value. */
  #statistics(rows: readonly number[], at: number): PartialColumn | undefined {
    let column: Record<keyof PartialColumn, number[]> | undefined;
    const cells = this.#cells;
    for (let i = 0; i < rows.length; i++) {
      const cell = rows[i]! * WIDTH + at;
      if (cells[cell + 1] === 0) continue;
      column ??= {
        sum: absentValues(rows.length),
        count: absentValues(rows.length),
        min: absentValues(rows.length),
        max: absentValues(rows.length),
      };
      column.sum[i] = cells[cell]!;
      column.count[i] = cells[cell + 1]!;
      column.min[i] = cells[cell + 2]!;
      column.max[i] = cells[cell + 3]!;
    }
    return column;
  }

  #counter(rows: readonly number[], counter: number): number[] | undefined {
    const zero = TRUE_ZEROS.has(COUNTER_KEYS[counter]!) ? 0 : Number.NaN;
    let values: number[] | undefined;
    for (let i = 0; i < rows.length; i++) {
      const value = this.#cells[rows[i]! * WIDTH + COUNTERS_AT + counter]! || zero;
      if (Number.isNaN(value)) continue;
      values ??= absentValues(rows.length);
      values[i] = value;
    }
    return values;
  }
}
