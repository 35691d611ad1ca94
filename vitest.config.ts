import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/closing-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // It imports JSON in a way that only bundlers accept.
    deps: { optimizer: { ssr: { enabled: true, include: ['@actions/workflow-parser'] } } },
  },
});
