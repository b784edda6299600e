import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    // Tests start real processes and wait for real events; nothing here is a timed test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Every pcc that a test starts would take the control socket of who runs the tests.
    env: { PCC_CONTROL: 'none' },
  },
});
