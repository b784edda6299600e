import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      // R would compile what is in src.
      'packages/r/tests/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'packaging/**/*.test.ts',
      'scripts/**/*.test.ts',
      'packaging/**/*.test.ts',
    ],
    // Tests start real processes and wait for real events; nothing here is a timed test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A machine that is busy with other tests answers late.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    // Most of the time a test waits for a process of its own.
    maxWorkers: 2,
    // Every pcc that a test starts would take the control socket of who runs the tests.
    env: { PCC_CONTROL: 'none' },
  },
});
