import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// On the project's CI whole farms, browsers and processes share two processors. Elsewhere nothing is tried twice; what needed it is named at the end.
const retry = process.env['NIX_DISPATCH_RUN_ALL'] === '1' ? 1 : 0;

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-reporter.ts'],
    // What hangs is told by the tests themselves; these are for busy machines.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    retry,
    // Real hosts, evaluators and the whole action need a machine's processors for themselves.
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
    // It imports JSON in a way that only bundlers accept.
    deps: { optimizer: { ssr: { enabled: true, include: ['@actions/workflow-parser'] } } },
    projects: [
      {
        extends: true,
        test: {
          name: 'action',
          include: ['test/action/**/*.test.ts'],
          globalSetup: ['test/support/action/bundle-setup.ts'],
          testTimeout: 150_000,
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
          name: 'hosts',
          include: ['test/farm/**/*.test.ts', 'test/evaluate/**/*.test.ts'],
          testTimeout: 150_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/{unit,protocol,browser}/**/*.test.ts'],
          maxWorkers: Math.min(2, availableParallelism()),
          sequence: { groupOrder: 0 },
        },
      },
    ],
  },
});
