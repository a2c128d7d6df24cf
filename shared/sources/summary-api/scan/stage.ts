// hot path: bench "decode"
import type { Entity } from './layout.ts';

const FIRST_ROWS = 16;
/** More rows than this are given back after the document. */
const KEPT_ROWS = 4_096;
/** Numbers that a staged name takes: where it begins, how long it is, its hash. */
export const NAME_NUMBERS = 3;

/**
 * Rows of one entity of one document, until it is known that the whole document is good: slot by slot, so that they go into
 * columns in runs. Used again by the next document.
 */
export class Stage {
  /** Values and names of a row. */
  readonly width: number;
  readonly nameCount: number;
  /** Numbers in `names` of a row. */
  readonly nameWidth: number;
  rows = 0;
  /** Length of a slot in `values`. */
  capacity = 0;
  /** Values by slot and row: slot × capacity + row; NaN = absent. */
  values: Float64Array = new Float64Array(0);
  /** Names by row and slot: offset in the document, length (0 = absent), hash. */
  names: Int32Array = new Int32Array(0);
  /** By row and slot: what the names are known by, once they are resolved. */
  ids: Int32Array = new Int32Array(0);
  /** By row: the parent's row in its stage. */
  parents: Int32Array = new Int32Array(0);
  /** By row: which blocks and lists it has. */
  blocks: Int32Array = new Int32Array(0);

  constructor(entity: Entity) {
    this.width = entity.width;
    this.nameCount = entity.names;
    this.nameWidth = entity.names * NAME_NUMBERS;
    this.#resize(FIRST_ROWS);
  }

  /** Adds an empty row and returns its index. */
  addRow(parent: number): number {
    if (this.rows === this.capacity) this.#resize(this.capacity * 2);
    const row = this.rows++;
    this.parents[row] = parent;
    return row;
  }

  value(row: number, slot: number): number {
    return this.values[slot * this.capacity + row]!;
  }

  /** Where a name begins in the document. */
  nameAt(row: number, slot: number): number {
    return this.names[row * this.nameWidth + slot * NAME_NUMBERS]!;
  }

  /** A name's length in bytes; 0 = absent. */
  nameLength(row: number, slot: number): number {
    return this.names[row * this.nameWidth + slot * NAME_NUMBERS + 1]!;
  }

  nameHash(row: number, slot: number): number {
    return this.names[row * this.nameWidth + slot * NAME_NUMBERS + 2]!;
  }

  id(row: number, slot: number): number {
    return this.ids[row * this.nameCount + slot]!;
  }

  setId(row: number, slot: number, id: number): void {
    this.ids[row * this.nameCount + slot] = id;
  }

  /** Forgets all rows. */
  clear(): void {
    const { capacity, rows, values } = this;
    this.rows = 0;
    if (capacity > KEPT_ROWS) {
      this.#resize(FIRST_ROWS);
      return;
    }
    for (let slot = 0; slot < this.width; slot++) values.fill(Number.NaN, slot * capacity, slot * capacity + rows);
    this.names.fill(0, 0, rows * this.nameWidth);
  }

  /** Room for `capacity` rows; those that are there stay. */
  #resize(capacity: number): void {
    const { rows } = this;
    const values = new Float64Array(capacity * this.width).fill(Number.NaN);
    for (let slot = 0; slot < this.width; slot++) {
      const from = slot * this.capacity;
      values.set(this.values.subarray(from, from + rows), slot * capacity);
    }
    const ints = (from: Int32Array, width: number): Int32Array => {
      const to = new Int32Array(capacity * width);
      to.set(from.subarray(0, rows * width));
      return to;
    };
    this.values = values;
    this.names = ints(this.names, this.nameWidth);
    this.ids = ints(this.ids, this.nameCount);
    this.parents = ints(this.parents, 1);
    this.blocks = ints(this.blocks, 1);
    this.capacity = capacity;
  }
}
