// hot path: bench "whole tick"

import { freeMemory } from '../../core/free-memory.ts';

/** First size of a buffer: a small node's summary. */
const FIRST_SIZE = 65_536;
/** Larger ones are not kept, nor do they make others larger: they are lists, a few a tick. */
const MOST_KEPT_SIZE = 1_048_576;

/**
 * Memory that bodies are gathered in, used again when what was in it has been read. A kubelet's answer is some 200 kB: as
 * garbage, outside of the heap, it would make the engine mark the whole heap a dozen times a tick.
 */
export class BodyBuffers {
  readonly #free: Buffer[] = [];
  readonly #most: number;
  /** What a body came to need so far, so that the next one does not grow again. */
  #usual = FIRST_SIZE;

  /** `most` free buffers are kept: as many as there are bodies at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** A buffer with anything in it; the caller has it alone until it gives it back. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#usual);
  }

  /** A buffer of twice the size with the first `size` bytes of `buffer`, which is given up. */
  grow(buffer: Buffer, size: number, needed: number): Buffer {
    let capacity = buffer.length * 2;
    while (capacity < needed) capacity *= 2;
    const next = Buffer.allocUnsafeSlow(capacity);
    buffer.copy(next, 0, 0, size);
    drop(buffer);
    if (capacity <= MOST_KEPT_SIZE) this.#usual = Math.max(this.#usual, capacity);
    return next;
  }

  /** Takes a buffer back. Nobody may read of it any more. */
  give(buffer: Buffer): void {
    if (this.#free.length < this.#most && buffer.length >= this.#usual && buffer.length <= MOST_KEPT_SIZE)
      this.#free.push(buffer);
    else drop(buffer);
  }
}

/** Gives a list's memory back at once. A few smaller ones, of the first bodies, are left to the collector. */
function drop(buffer: Buffer): void {
  if (buffer.length > MOST_KEPT_SIZE) freeMemory(buffer);
}
