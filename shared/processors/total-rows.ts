// hot path: bench "enrich, aggregate, totals"
import type { PartialColumn, PartialTable } from '../fanout/partial.ts';
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
    for (const [metric, { key }] of SUMMED_METRICS.entries()) {
      const part = (statistic: number): (number | null)[] =>
        rows.map((row) => {
          const at = row * WIDTH + metric * STATISTICS;
          return this.#cells[at + 1] === 0 ? null : this.#cells[at + statistic]!;
        });
      const count = part(1);
      if (count.some((value) => value !== null)) metrics[key] = { sum: part(0), count, min: part(2), max: part(3) };
    }
    for (const [counter, key] of COUNTER_KEYS.entries()) {
      const sum = rows.map((row) => {
        const value = this.#cells[row * WIDTH + COUNTERS_AT + counter]!;
        return value === 0 && !TRUE_ZEROS.has(key) ? null : value;
      });
      if (sum.some((value) => value !== null)) metrics[key] = { sum, count: [], min: [], max: [] };
    }
    return { labelKeys, labels: rows.map((row) => place(this.#labels[row]!)), metrics };
  }
}
