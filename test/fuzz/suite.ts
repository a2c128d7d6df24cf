import { setImmediate as pause } from 'node:timers/promises';
import fc from 'fast-check';

/** One parser or decoder under random input. */
export interface FuzzSuite {
  readonly name: string;
  /** Its part of all inputs; those of all suites together are 1. */
  readonly share: number;
  /** Tries so many inputs. Rejects with fast-check's counterexample and seed at the first one that breaks a promise. */
  readonly run: (runs: number, seed: number) => Promise<void>;
}

/** Longest time for one input, in ms: parsers take microseconds; what takes this long grows with its input as it must not. */
const LONGEST = 2_000;

/** Inputs between two pauses: memory outside the heap (that of zlib) is given back only when the event loop turns. */
const PORTION = 500;

/** Inputs tried so far by this process, for a watchdog in another thread. */
export const heartbeat = { tried: 0 };

/** A suite of one property that is checked at once. `check` throws if a promise is broken. */
export function property<T>(arbitrary: fc.Arbitrary<T>, check: (input: T) => void): FuzzSuite['run'] {
  return async (numRuns, seed) => {
    const checked = fc.property(arbitrary, (input) => {
      const began = performance.now();
      check(input);
      const took = performance.now() - began;
      heartbeat.tried++;
      if (took > LONGEST) throw new Error(`took ${Math.round(took)} ms`);
    });
    for (let done = 0; done < numRuns; done += PORTION) {
      fc.assert(checked, { numRuns: Math.min(PORTION, numRuns - done), seed: seed + done });
      await pause();
    }
  };
}

/** A suite of one property that waits for something. */
export function asyncProperty<T>(arbitrary: fc.Arbitrary<T>, check: (input: T) => Promise<void>): FuzzSuite['run'] {
  return async (numRuns, seed) => {
    const checked = fc.asyncProperty(arbitrary, async (input) => {
      await check(input);
      heartbeat.tried++;
    });
    await fc.assert(checked, { numRuns, seed, timeout: LONGEST });
  };
}

/** Several properties as one suite, with the same number of inputs each. */
export function together(...runs: readonly FuzzSuite['run'][]): FuzzSuite['run'] {
  return async (numRuns, seed) => {
    for (const run of runs) await run(Math.ceil(numRuns / runs.length), seed);
  };
}
