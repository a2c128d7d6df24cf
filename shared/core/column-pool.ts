// hot path: bench "whole tick"

/** Smaller pieces of memory cost nothing to make. */
const LEAST_BYTES = 8_192;

/** The size that is made for so many bytes: an eighth of a power of two more at most, so that tables of about one size share it. */
function roomFor(bytes: number): number {
  const step = 2 ** (28 - Math.clz32(bytes - 1));
  return Math.ceil(bytes / step) * step;
}

/**
 * Memory of columns that are used again, table after table: as garbage, outside of the heap, it would make the engine mark the whole
 * heap several times a tick, and leave holes in the process's memory. Whoever forgets to give columns back leaves garbage, not an error.
 */
export class ColumnPool {
  readonly #most: number;
  readonly #free = new Map<number, ArrayBuffer[]>();
  #bytes = 0;

  /** Keeps at most so many bytes for later. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Bytes that are kept for later. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Doubles with anything in them. */
  doubles(length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#take(length * Float64Array.BYTES_PER_ELEMENT), 0, length);
  }

  /** Integers with anything in them. */
  integers(length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#take(length * Int32Array.BYTES_PER_ELEMENT), 0, length);
  }

  /** Takes the memory of a whole column back: nobody may read or write it any more. */
  give({ buffer }: Float64Array | Int32Array): void {
    const bytes = buffer.byteLength;
    if (!(buffer instanceof ArrayBuffer) || bytes < LEAST_BYTES || roomFor(bytes) !== bytes) return;
    if (this.#bytes + bytes > this.#most) return;
    this.#bytes += bytes;
    const free = this.#free.get(bytes);
    if (free === undefined) this.#free.set(bytes, [buffer]);
    else free.push(buffer);
  }

  #take(bytes: number): ArrayBuffer {
    if (bytes < LEAST_BYTES) return new ArrayBuffer(bytes);
    const room = roomFor(bytes);
    const buffer = this.#free.get(room)?.pop();
    // Not `new ArrayBuffer`: it would be written full of zeros first.
    if (buffer === undefined) return Buffer.allocUnsafeSlow(room).buffer;
    this.#bytes -= room;
    return buffer;
  }
}

/** For who gives nothing back. */
export const NO_POOL = new ColumnPool(0);
