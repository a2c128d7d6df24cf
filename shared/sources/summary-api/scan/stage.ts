// hot path: bench "decode"
import type { Entity } from './layout.ts';

const FIRST_ROWS = 8;
/** More rows than this are given back after the document. */
const KEPT_ROWS = 4_096;
/** Numbers that a staged name takes: where it begins, how long it is, its hash. */
export const NAME_NUMBERS = 3;

/**
 * Rows of one entity of one document, until it is known that the whole document is good. Row by row, so that a row's
 * values are near each other; used again by the next document.
 */
export class Stage {
  readonly width: number;
  /** Names of a row. */
  readonly nameCount: number;
  readonly nameWidth: number;
  rows = 0;
  /** Values by row and slot; NaN = absent. */
  values: Float64Array;
  /** Names by row and slot: offset in the document, length (0 = absent), hash. */
  names: Int32Array;
  /** By row and slot: what the names are known by, once they are resolved. */
  ids: Int32Array;
  /** By row: the parent's row in its stage. */
  parents: Int32Array;
  /** By row: which blocks and lists it has. */
  blocks: Int32Array;
  #capacity = FIRST_ROWS;

  constructor(entity: Entity) {
    this.width = entity.width;
    this.nameCount = entity.names;
    this.nameWidth = entity.names * NAME_NUMBERS;
    this.values = new Float64Array(FIRST_ROWS * this.width);
    this.names = new Int32Array(FIRST_ROWS * this.nameWidth);
    this.ids = new Int32Array(FIRST_ROWS * entity.names);
    this.parents = new Int32Array(FIRST_ROWS);
    this.blocks = new Int32Array(FIRST_ROWS);
  }

  /** Adds an empty row and returns its index. */
  addRow(parent: number): number {
    if (this.rows === this.#capacity) this.#resize(this.#capacity * 2);
    const row = this.rows++;
    this.values.fill(Number.NaN, row * this.width, (row + 1) * this.width);
    this.names.fill(0, row * this.nameWidth, (row + 1) * this.nameWidth);
    this.parents[row] = parent;
    return row;
  }

  value(row: number, slot: number): number {
    return this.values[row * this.width + slot]!;
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
    this.rows = 0;
    if (this.#capacity > KEPT_ROWS) this.#resize(FIRST_ROWS);
  }

  #resize(capacity: number): void {
    this.#capacity = capacity;
    const values = new Float64Array(this.#capacity * this.width);
    values.set(this.values.subarray(0, values.length));
    this.values = values;
    const ints = (from: Int32Array, width: number): Int32Array => {
      const to = new Int32Array(this.#capacity * width);
      to.set(from.subarray(0, to.length));
      return to;
    };
    this.names = ints(this.names, this.nameWidth);
    this.ids = ints(this.ids, this.nameCount);
    this.parents = ints(this.parents, 1);
    this.blocks = ints(this.blocks, 1);
  }
}
