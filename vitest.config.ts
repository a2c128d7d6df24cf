import { defineConfig } from 'vitest/config';

/** What starts programs of others or many processes, or takes minutes: `npm run test:long`. */
const LONG = ['test/**/*.long.test.ts', 'test/real/**/*.test.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'main', include: ['test/**/*.test.ts'], exclude: LONG, testTimeout: 20_000, pool: 'forks' },
      },
      { extends: true, test: { name: 'long', include: LONG, testTimeout: 20_000, pool: 'forks' } },
    ],
  },
});
