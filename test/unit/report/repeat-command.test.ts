import { expect, test } from 'vitest';
import { jobCheck } from '../../../src/report/checks/check-run.ts';
import { describeRun } from '../../../src/report/html/describe-run.ts';
import type { Outcome, RunReport } from '../../../src/report/run-report.ts';
import { renderSummary } from '../../../src/report/summary/summary.ts';
import { renderTextSummary } from '../../../src/report/text-summary.ts';
import { viewOf } from '../../../src/report/view.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

/** A job that ended so, and one that it blocks. */
function reportOf(outcome: Outcome): RunReport {
  const blocked: Outcome = { kind: 'dependency-failed', root: sampleDrvPath('lib') };
  return sampleReport({
    jobs: [sampleJob('lib', { outcome }), sampleJob('app', { outcome: blocked })],
    builds: [sampleBuild('lib', { outcome })],
  });
}

function commandsIn(report: RunReport): readonly number[] {
  const view = viewOf(report);
  const checks = report.jobs.map((job) => jobCheck(view, job, '.').summary);
  const rows = describeRun(report).rows.map(({ reproduce }) => reproduce);
  const texts = [renderSummary(report), renderTextSummary(report), checks.join('\n'), rows.join('\n')];
  return texts.map((text) => text.match(/nix build/g)?.length ?? 0);
}

test('what no builder took is not to be repeated: the message says what to change', () => {
  const message = 'lib needs a builder for riscv64-linux, and none offers that. Add a machine';
  const untried = reportOf({ kind: 'infrastructure', builder: undefined, message });
  expect(commandsIn(untried)).toEqual([0, 0, 0, 0]);
  expect(renderSummary(untried)).toContain('Add a machine');
  expect(renderTextSummary(untried)).toContain('Add a machine');
});

test.each<Outcome>([
  { kind: 'infrastructure', builder: 'b1', message: 'its disk is full' },
  { kind: 'failed', builder: 'b1', message: 'exit 1' },
])('what a builder took is: $kind', (outcome) => {
  expect(commandsIn(reportOf(outcome))).toEqual([1, 1, 2, 2]);
});
