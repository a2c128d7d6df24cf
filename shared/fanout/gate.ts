/** Lets at most `limit` pieces of work run at once, first come, first served. */
export interface Gate {
  /** Runs `work` when a place is free. Rejects only if `work` does. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** A gate with `limit` places (at least 1). */
export function createGate(limit: number): Gate {
  const waiting: (() => void)[] = [];
  let free = Math.max(1, limit);
  return {
    async run(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
