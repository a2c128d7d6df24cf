/**
 * Buffers of requests that were sent, for requests to come: fresh memory costs more than what is written into it, and is
 * collected late. Held between ticks are at most `most` buffers, each as large as the largest request so far.
 */
export interface BufferPool {
  /** A buffer that nobody reads or writes; undefined = there is none. */
  take(): Buffer | undefined;
  /** Nobody reads or writes this buffer from now on. */
  give(buffer: Buffer): void;
}

export function createBufferPool(most: number): BufferPool {
  const free: Buffer[] = [];
  return {
    take: () => free.pop(),
    give(buffer) {
      if (free.length < most) free.push(buffer);
    },
  };
}
