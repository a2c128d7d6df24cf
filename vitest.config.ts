import { defineConfig } from 'vitest/config';

/** Ends what hangs; no promise of speed. */
const TIMEOUT = 60_000;

/** What starts programs of others or many processes, or takes minutes: `npm run test:long`. */
const LONG = ['test/**/*.long.test.ts', 'test/real/**/*.test.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'main',
          include: ['test/**/*.test.ts'],
          exclude: LONG,
          testTimeout: TIMEOUT,
          hookTimeout: TIMEOUT,
          pool: 'forks',
        },
      },
      {
        extends: true,
        test: { name: 'long', include: LONG, testTimeout: TIMEOUT, hookTimeout: TIMEOUT, pool: 'forks' },
      },
    ],
  },
});
