/**
 * Counts nodes of this process whose rows are collected and not taken by all sinks. Sinks are often slower than kubelets: without a bound the
 * rows of a large cluster would all be in memory at once.
 */
export class UnsentRows {
  readonly #most: number;
  #nodes = 0;
  readonly #waiting = new Set<() => void>();

  /** From `most` nodes on, no more are asked. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts the rows of so many nodes until the answer is disposed of. */
  hold(nodes: number): Disposable {
    this.#nodes += nodes;
    return {
      [Symbol.dispose]: () => {
        this.#nodes -= nodes;
        if (this.#nodes < this.#most) for (const wake of this.#waiting) wake();
      },
    };
  }

  /** Waits until there are few enough, or for the signal: sinks must not cost nodes their answer. */
  async admit(patience: AbortSignal): Promise<void> {
    while (this.#nodes >= this.#most && !patience.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = (): void => resolve();
      this.#waiting.add(wake);
      patience.addEventListener('abort', wake, { once: true });
      await promise;
      patience.removeEventListener('abort', wake);
      this.#waiting.delete(wake);
    }
  }
}
