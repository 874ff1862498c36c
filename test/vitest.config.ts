import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

export default defineConfig({
  root,
  test: {
    // Changing directory, ids and namespaces does not work in threads.
    pool: 'forks',
    // Two at least: many tests wait, for a clock or another process.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      { test: { root, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          root,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          root,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
