// hot path: bench "whole tick"

/** Column of totals, by row; null is absent, and so is NaN. Between two functions it is a JSON array, in a process `TotalValues`. */
export type TotalColumn = ArrayLike<number | null>;

/** A column in doubles: an array of numbers with a null in it, or of a million a tick, has each number in an object of its own. */
export class TotalValues extends Float64Array<ArrayBuffer> {
  /** So many values that are absent. */
  static absent(rows: number): TotalValues {
    return new TotalValues(new ArrayBuffer(rows * Float64Array.BYTES_PER_ELEMENT)).fill(Number.NaN);
  }

  /** What JSON has no number for is null. */
  toJSON(): readonly (number | null)[] {
    const values: (number | null)[] = [];
    // By index: `Array.from` asks an iterator for each value. One after the other: as long as none is null V8 keeps them as doubles.
    for (let row = 0; row < this.length; row++) {
      const value = this[row] ?? Number.NaN;
      values.push(Number.isFinite(value) ? value : null);
    }
    return values;
  }
}

/** A column of a statistic that no row has. */
export const NO_VALUES: TotalColumn = [];

/** Whether any row has a value. */
export function hasValues(column: TotalColumn): boolean {
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    if (value !== null && !Number.isNaN(value)) return true;
  }
  return false;
}
