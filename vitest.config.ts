import { defineConfig } from 'vitest/config';

/** `KAAS_TEST_STACK=off` leaves the real servers out: the pure tests alone, in seconds. */
const stack = process.env.KAAS_TEST_STACK !== 'off';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: stack ? ['test/stack.ts'] : [],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
