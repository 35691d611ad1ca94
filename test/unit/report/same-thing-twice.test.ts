import { expect, test } from 'vitest';
import { annotationsOf } from '../../../src/report/annotations.ts';
import { fullResults, resultsJson } from '../../../src/report/full-results.ts';
import type { Outcome } from '../../../src/report/run-report.ts';
import { renderSummary } from '../../../src/report/summary/summary.ts';
import { renderTextSummary } from '../../../src/report/text-summary.ts';
import { sampleBuild, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

const failed: Outcome = { kind: 'failed', builder: 'b2', message: 'error: boom' };
const report = sampleReport({
  jobs: [sampleJob('good'), sampleJob('bad', { outcome: failed })],
  builds: [
    sampleBuild('good', { logTail: ['fine'], logLines: 1 }),
    sampleBuild('bad', { outcome: failed, logTail: ['::error::x', 'error: boom'], logLines: 240 }),
  ],
});

test('what the last line of the log says is not said twice', () => {
  expect(renderTextSummary(report).match(/error: boom/g)).toHaveLength(1);
  expect(annotationsOf(report)[0]?.message.match(/error: boom/g)).toHaveLength(1);
});

test('jobs with the same label are told apart', () => {
  const jobs = ['a', 'b'].map((attr) => sampleJob(attr, { label: 'same' }));
  const twins = sampleReport({ jobs: [...jobs, sampleJob('c', { label: 'other' })] });
  for (const text of [renderSummary(twins), renderTextSummary(twins)]) {
    expect(text).toContain('checks.x86_64-linux.a same');
    expect(text).toContain('checks.x86_64-linux.b same');
    expect(text).not.toContain('checks.x86_64-linux.c other');
  }
});

test('results hold neither colours nor more digits than were measured', () => {
  const attempt = { builder: 'b1', startedAtMs: 1, finishedAtMs: 2, result: 'failed' as const };
  const builds = [
    sampleBuild('bad', {
      outcome: { kind: 'failed', builder: 'b1', message: '\u001b[31mred\u001b[0m' },
      cpu: { seconds: 0.1 + 0.2, source: 'proc' },
      attempts: [{ ...attempt, message: '\u001b[31mred\u001b[0m' }],
    }),
  ];
  const text = resultsJson(sampleReport({ builds }));
  expect(JSON.parse(text).builds[0]).toMatchObject({ cpu: { seconds: 0.3 } });
  expect(fullResults(sampleReport({ builds })).builds[0]).toMatchObject({
    message: 'red',
    attempts: [{ message: 'red' }],
  });
});

test('what a daemon says below its first line is in every summary: the hash that a fixed output has', () => {
  const message = 'hash mismatch in fixed-output derivation:\n  specified: sha256-A\n     got:    sha256-B';
  const outcome: Outcome = { kind: 'failed', builder: 'b1', message };
  const mismatch = sampleReport({
    jobs: [sampleJob('bad', { outcome })],
    builds: [sampleBuild('bad', { outcome })],
  });
  expect(renderSummary(mismatch)).toContain('  specified: sha256-A\n     got:    sha256-B');
  expect(renderTextSummary(mismatch)).toContain('      specified: sha256-A\n         got:    sha256-B');
});
