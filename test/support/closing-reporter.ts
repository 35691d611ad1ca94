import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Ends a run with the tests that this machine could not run, each with its reason, and one line `N passed, N failed`.
 * With NIX_DISPATCH_RUN_ALL=1, as on the project's own CI, a test that could not run fails the run. A test that passed only when it was
 * tried again is named, with what it said at first: it is a fault that somebody has to look for.
 */
export default class ClosingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string) => tests.filter((test) => test.result().state === state);
    // A file that can't be loaded has no tests to fail, and must not look like a success.
    const brokenFiles = modules.filter(
      (module) => module.state() === 'failed' && [...module.children.allTests('failed')].length === 0,
    );
    const skipped = inState('skipped');
    const failed = inState('failed').length + brokenFiles.length + unhandledErrors.length;
    if (skipped.length > 0) {
      console.log(`\nNot run on this machine:\n${skipped.map(describeSkipped).join('\n')}`);
      if (process.env['NIX_DISPATCH_RUN_ALL'] === '1') process.exitCode = 1;
    }
    const unsteady = tests.filter((test) => test.diagnostic()?.flaky === true);
    if (unsteady.length > 0)
      console.log(`\nPassed only at a second try:\n${unsteady.map(describeUnsteady).join('\n')}`);
    const suffix = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
    console.log(`\n${inState('passed').length} passed, ${failed} failed${suffix}`);
  }
}

function describeUnsteady(test: TestCase): string {
  const messages = test.result().errors?.map(({ message }) => message.replaceAll('\n', '\n  ')) ?? [];
  return `- ${test.module.relativeModuleId}: ${test.fullName}: ${messages.join('; ')}`;
}

function describeSkipped(test: TestCase): string {
  const result = test.result();
  const reason = result.state === 'skipped' ? result.note : undefined;
  return `- ${test.module.relativeModuleId}: ${test.fullName}: ${reason ?? 'no reason given'}`;
}
