import type { Partial } from '../fanout/partial.ts';

const MAX_WARNINGS = 20;

/** Counts what a shard met on its way: how rates came about, oddities by name, and sentences worth reading. */
export interface Tally {
  addRates(rates: Readonly<Record<'computed' | 'fallback' | 'reset', number>>): void;
  addFaults(faults: Readonly<Record<string, number>>): void;
  /** Keeps at most 20 different sentences. */
  warn(warning: string): void;
  result(): Pick<Partial, 'rates' | 'faults' | 'warnings'>;
}

export function createTally(): Tally {
  const rates = { computed: 0, fallback: 0, reset: 0 };
  const faults = new Map<string, number>();
  const warnings = new Set<string>();
  return {
    addRates(more) {
      rates.computed += more.computed;
      rates.fallback += more.fallback;
      rates.reset += more.reset;
    },
    addFaults(more) {
      for (const [name, count] of Object.entries(more))
        if (count > 0) faults.set(name, (faults.get(name) ?? 0) + count);
    },
    warn(warning) {
      if (warnings.size < MAX_WARNINGS) warnings.add(warning);
    },
    result: () => ({ rates: { ...rates }, faults: Object.fromEntries([...faults].sort()), warnings: [...warnings] }),
  };
}
