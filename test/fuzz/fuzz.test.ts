import { describe, expect, it } from 'vitest';
import { heartbeat } from './suite.ts';
import { SUITES } from './suites.ts';

/** Inputs of all suites together; a million by `npm run fuzz`. */
const RUNS = 10_000;
/** Changes with the day, so that every day tries others; a failure names it. */
const SEED = Math.floor(Date.now() / 86_400_000);

describe('under random input', () => {
  it('all suites together are the whole', () => {
    expect(SUITES.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  it.each(SUITES.map((suite) => [suite.name, suite] as const))(
    '%s keeps its promises',
    async (_, { run, share }) => {
      const before = heartbeat.tried;

      await run(Math.ceil(RUNS * share), SEED);

      expect(heartbeat.tried - before).toBeGreaterThanOrEqual(RUNS * share);
    },
    60_000,
  );
});
