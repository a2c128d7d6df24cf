// hot path: bench "decode", "whole tick"
import type { MetricTable, SparseValues, StatisticColumns } from './batch.ts';
import { type ColumnPool, NO_POOL } from './column-pool.ts';
import type { Level } from './level.ts';
import { DENSE_METRICS, SAMPLE_CLOCKS } from './metrics.ts';
import type { UnixMillis } from './units.ts';

const FIRST_CAPACITY = 64;

/** One table while it is filled. Columns are made on their first value and grow by doubling. */
export class TableBuilder {
  readonly level: Level;
  rows = 0;
  readonly #pool: ColumnPool;
  #capacity = FIRST_CAPACITY;
  readonly #columns: (Float64Array | undefined)[] = new Array(DENSE_METRICS).fill(undefined);
  readonly #statistics: (StatisticColumns | undefined)[] = [];
  readonly #labels: (Int32Array | undefined)[] = [];
  readonly #sampled: (Float64Array | undefined)[] = SAMPLE_CLOCKS.map(() => undefined);
  #start: Float64Array = new Float64Array(FIRST_CAPACITY).fill(Number.NaN);
  #created: Float64Array = new Float64Array(FIRST_CAPACITY).fill(Number.NaN);
  #parent: Int32Array = new Int32Array(FIRST_CAPACITY).fill(-1);
  #flags: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  #sparseLength = 0;
  #sparseRow: Int32Array = new Int32Array(0);
  #sparseMetric: Int32Array = new Int32Array(0);
  #sparseOwn: Int32Array = new Int32Array(0);
  #sparseValue: Float64Array = new Float64Array(0);

  /** `pool` has the memory of columns, until `release` gives it back. */
  constructor(level: Level, pool: ColumnPool = NO_POOL) {
    this.level = level;
    this.#pool = pool;
  }

  /** Adds an empty row and returns its index. */
  addRow(): number {
    if (this.rows === this.#capacity) this.#grow(this.#capacity * 2);
    return this.rows++;
  }

  /** Room for so many rows at once. Nothing changes but that tables do not grow, and copy themselves, on the way there. */
  reserve(rows: number): void {
    if (rows > this.#capacity) this.#grow(rows);
  }

  /** Sets a dense metric of a row; NaN clears it. */
  set(metric: number, row: number, value: number): void {
    let column = this.#columns[metric];
    if (column === undefined) {
      if (Number.isNaN(value)) return;
      column = this.#absent();
      this.#columns[metric] = column;
    }
    column[row] = value;
  }

  /** The value of a dense metric of a row; NaN = absent. */
  get(metric: number, row: number): number {
    return this.#columns[metric]?.[row] ?? Number.NaN;
  }

  /** The column of a dense metric, made if it is not there. Valid until the next `addRow`. */
  column(metric: number): Float64Array {
    let column = this.#columns[metric];
    if (column === undefined) {
      column = this.#absent();
      this.#columns[metric] = column;
    }
    return column;
  }

  /** The column of a dense metric if any row has set it. Valid until the next `addRow`. */
  columnIfAny(metric: number): Float64Array | undefined {
    return this.#columns[metric];
  }

  /** The count, minimum and maximum behind a total. Valid until the next `addRow`. */
  statistics(metric: number): StatisticColumns {
    let columns = this.#statistics[metric];
    if (columns === undefined) {
      columns = {
        count: this.#absent(),
        min: this.#absent(),
        max: this.#absent(),
      };
      this.#statistics[metric] = columns;
    }
    return columns;
  }

  /** Sets a label of a row by string id (0 = absent). */
  setLabel(key: number, row: number, stringId: number): void {
    let column = this.#labels[key];
    if (column === undefined) {
      if (stringId === 0) return;
      column = this.#pool.integers(this.#capacity).fill(0);
      this.#labels[key] = column;
    }
    column[row] = stringId;
  }

  /** String id of a label of a row; 0 = absent. */
  getLabel(key: number, row: number): number {
    return this.#labels[key]?.[row] ?? 0;
  }

  setStart(row: number, at: UnixMillis): void {
    this.#start[row] = at;
  }

  getStart(row: number): UnixMillis {
    return this.#start[row]!;
  }

  setCreated(row: number, at: UnixMillis): void {
    this.#created[row] = at;
  }

  getCreated(row: number): UnixMillis {
    return this.#created[row]!;
  }

  /** Sets when a block was sampled; `clock` is an index in `SAMPLE_CLOCKS`. */
  setSampled(clock: number, row: number, at: UnixMillis): void {
    let column = this.#sampled[clock];
    if (column === undefined) {
      if (Number.isNaN(at)) return;
      column = this.#absent();
      this.#sampled[clock] = column;
    }
    column[row] = at;
  }

  /** When a block was sampled, by row, if any row has said. Valid until the next `addRow`. */
  sampledIfAny(clock: number): Float64Array | undefined {
    return this.#sampled[clock];
  }

  /** Since when counters count, by row. Valid until the next `addRow`. */
  starts(): Float64Array {
    return this.#start;
  }

  setParent(row: number, parent: number): void {
    this.#parent[row] = parent;
  }

  getParent(row: number): number {
    return this.#parent[row]!;
  }

  addFlag(row: number, flag: number): void {
    this.#flags[row]! |= flag;
  }

  clearFlag(row: number, flag: number): void {
    this.#flags[row]! &= ~flag;
  }

  hasFlag(row: number, flag: number): boolean {
    return (this.#flags[row]! & flag) !== 0;
  }

  /** Adds a value with own labels; `own` comes from `MetricBatchBuilder.ownLabels`. */
  addSparse(row: number, metric: number, own: number, value: number): void {
    if (this.#sparseLength === this.#sparseRow.length) this.#growSparse();
    const at = this.#sparseLength++;
    this.#sparseRow[at] = row;
    this.#sparseMetric[at] = metric;
    this.#sparseOwn[at] = own;
    this.#sparseValue[at] = value;
  }

  /** The sparse values so far. Valid until the next `addSparse`. */
  sparse(): SparseValues {
    const length = this.#sparseLength;
    return {
      length,
      row: this.#sparseRow.subarray(0, length),
      metric: this.#sparseMetric.subarray(0, length),
      own: this.#sparseOwn.subarray(0, length),
      value: this.#sparseValue.subarray(0, length),
    };
  }

  /** Empties a row: all its values, labels, times and flags. Its sparse values must not exist yet. */
  clearRow(row: number): void {
    for (const column of this.#columns) if (column !== undefined) column[row] = Number.NaN;
    for (const column of this.#labels) if (column !== undefined) column[row] = 0;
    for (const column of this.#sampled) if (column !== undefined) column[row] = Number.NaN;
    this.#start[row] = Number.NaN;
    this.#created[row] = Number.NaN;
    this.#parent[row] = -1;
    this.#flags[row] = 0;
  }

  build(): MetricTable {
    const rows = this.rows;
    const cut = (column: Float64Array | undefined): Float64Array | undefined => column?.subarray(0, rows);
    return {
      level: this.level,
      rows,
      columns: this.#columns.map(cut),
      statistics: this.#statistics.map(
        (s) => s && { count: s.count.subarray(0, rows), min: s.min.subarray(0, rows), max: s.max.subarray(0, rows) },
      ),
      labels: this.#labels.map((column) => column?.subarray(0, rows)),
      sparse: this.sparse(),
      start: this.#start.subarray(0, rows),
      created: this.#created.subarray(0, rows),
      sampled: this.#sampled.map(cut),
      parent: this.#parent.subarray(0, rows),
      flags: this.#flags.subarray(0, rows),
    };
  }

  /**
   * Gives the memory of all columns back and leaves the table empty: nobody may read what `build` or `column` gave, nor may anything
   * be added.
   */
  release(): void {
    const columns = [...this.#columns, ...this.#labels, ...this.#sampled];
    for (const s of this.#statistics) if (s !== undefined) columns.push(s.count, s.min, s.max);
    columns.push(this.#start, this.#created, this.#parent);
    columns.push(this.#sparseRow, this.#sparseMetric, this.#sparseOwn, this.#sparseValue);
    for (const column of columns) if (column !== undefined) this.#pool.give(column);
    for (const list of [this.#columns, this.#labels, this.#sampled, this.#statistics]) list.fill(undefined);
    const none = { doubles: new Float64Array(0), integers: new Int32Array(0) };
    this.#start = none.doubles;
    this.#created = none.doubles;
    this.#parent = none.integers;
    this.#sparseRow = none.integers;
    this.#sparseMetric = none.integers;
    this.#sparseOwn = none.integers;
    this.#sparseValue = none.doubles;
    this.#sparseLength = 0;
    this.rows = 0;
  }

  /** A column of absent values. */
  #absent(): Float64Array {
    return this.#pool.doubles(this.#capacity).fill(Number.NaN);
  }

  #grown(column: Float64Array, capacity: number): Float64Array {
    const next = this.#pool.doubles(capacity);
    next.set(column);
    return next.fill(Number.NaN, column.length);
  }

  #grownInts(column: Int32Array, capacity: number, empty: number): Int32Array {
    const next = this.#pool.integers(capacity);
    next.set(column);
    return next.fill(empty, column.length);
  }

  #grow(capacity: number): void {
    for (const [id, column] of this.#columns.entries()) if (column) this.#columns[id] = this.#grown(column, capacity);
    for (const [id, s] of this.#statistics.entries()) {
      if (s) {
        this.#statistics[id] = {
          count: this.#grown(s.count, capacity),
          min: this.#grown(s.min, capacity),
          max: this.#grown(s.max, capacity),
        };
      }
    }
    for (const [key, column] of this.#labels.entries())
      if (column) this.#labels[key] = this.#grownInts(column, capacity, 0);
    for (const [id, column] of this.#sampled.entries()) if (column) this.#sampled[id] = this.#grown(column, capacity);
    this.#start = this.#grown(this.#start, capacity);
    this.#created = this.#grown(this.#created, capacity);
    this.#parent = this.#grownInts(this.#parent, capacity, -1);
    const flags = new Uint8Array(capacity);
    flags.set(this.#flags);
    this.#flags = flags;
    this.#capacity = capacity;
  }

  #growSparse(): void {
    const capacity = Math.max(FIRST_CAPACITY, this.#sparseRow.length * 2);
    this.#sparseRow = this.#grownInts(this.#sparseRow, capacity, 0);
    this.#sparseMetric = this.#grownInts(this.#sparseMetric, capacity, 0);
    this.#sparseOwn = this.#grownInts(this.#sparseOwn, capacity, 0);
    this.#sparseValue = this.#grown(this.#sparseValue, capacity);
  }
}
