import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-reporter.ts'],
    testTimeout: 30_000,
    // Some measure processor time and memory, or wait for machines: side by side they would disturb each other.
    maxWorkers: 1,
    hookTimeout: 120_000,
    // It imports JSON in a way that only bundlers accept.
    deps: { optimizer: { ssr: { enabled: true, include: ['@actions/workflow-parser'] } } },
    projects: [
      {
        extends: true,
        test: {
          name: 'action',
          include: ['test/action/**/*.test.ts'],
          globalSetup: ['test/support/action/bundle-setup.ts'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: ['test/support/action/bundle-setup.ts', 'test/support/faults/faults-setup.ts'],
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/action/**', 'test/faults/**'],
        },
      },
    ],
  },
});
