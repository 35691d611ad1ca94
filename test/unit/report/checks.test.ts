import { describe, expect, test } from 'vitest';
import { annotationBatches, ANNOTATIONS_PER_REQUEST } from '../../../src/report/checks/check-annotations.ts';
import {
  CHECK_TEXT_BYTES,
  gateCheck,
  jobCheck,
  runningJobCheck,
} from '../../../src/report/checks/check-run.ts';
import { utf8Length } from '../../../src/report/escape/clip.ts';
import type { Outcome, SourcePosition } from '../../../src/report/run-report.ts';
import { verdictOf } from '../../../src/report/verdict.ts';
import { viewOf } from '../../../src/report/view.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';
import { LARGE, largeReport } from '../../support/report/large-report.ts';
import { RenderedMarkdown } from '../../support/report/rendered-markdown.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

const STRICT = { ignoreBuildFailures: false, ignoreEvalFailures: false, failOnEmpty: false };
const FAILED: Outcome = { kind: 'failed', builder: 'b2', message: 'exit 1' };

function evaluationFailed(position: SourcePosition | undefined) {
  return sampleJob('bad', { outcome: { kind: 'evaluation-failed', message: 'error: x', position } });
}

describe("a job's check", () => {
  test('has duration and CPU time in its title', () => {
    const job = sampleJob('a');
    const check = jobCheck(viewOf(sampleReport({ jobs: [job], builds: [sampleBuild('a')] })), job, '.');
    expect(check).toMatchObject({
      name: 'a [x86_64-linux]',
      conclusion: 'success',
      title: 'built on b1, 0:10, CPU 8.0 s (proc)',
      text: '',
    });
  });

  test('of a blocked job shows the log of what blocks it, and how to repeat it', () => {
    const root = sampleDrvPath('libfoo');
    const job = sampleJob('a', { outcome: { kind: 'dependency-failed', root } });
    const builds = [
      sampleBuild('libfoo', { outcome: FAILED, logTail: ['x', 'boom'], logLines: 9, logFile: 'l.log' }),
    ];
    const check = jobCheck(viewOf(sampleReport({ jobs: [job], builds })), job, '.');
    expect(check).toMatchObject({ conclusion: 'failure', title: 'dependency failed: libfoo' });
    expect(new RenderedMarkdown(check.summary).texts('pre')).toEqual([
      `nix build '.#checks.x86_64-linux.a' -L`,
    ]);
    expect(new RenderedMarkdown(check.text).texts('pre')).toEqual(['x\nboom']);
    expect(check.text).toContain('Last 2 lines of 9');
  });

  test.each<[Outcome, string]>([
    [{ kind: 'already-valid', where: 'b1' }, 'success'],
    [FAILED, 'failure'],
    [{ kind: 'timed-out', builder: 'b1', message: '' }, 'timed_out'],
    [{ kind: 'infrastructure', builder: undefined, message: '' }, 'failure'],
    [{ kind: 'cancelled' }, 'cancelled'],
  ])('%o concludes as %s', (outcome, conclusion) => {
    const job = sampleJob('a', { outcome });
    expect(jobCheck(viewOf(sampleReport({ jobs: [job] })), job, '.').conclusion).toBe(conclusion);
  });

  test.each<[string, SourcePosition | undefined, number]>([
    ['a file of the flake', { file: 'nix/a.nix', line: 3, column: 1 }, 1],
    ['a file of the store', { file: '/nix/store/x/a.nix', line: 3, column: 1 }, 0],
    ['a file above the repository', { file: '../a.nix', line: 3, column: 1 }, 0],
    ['no file', { file: '«string»', line: 1, column: 1 }, 0],
    ['no place', undefined, 0],
  ])('annotates %s', (_, position, count) => {
    const job = evaluationFailed(position);
    expect(jobCheck(viewOf(sampleReport({ jobs: [job] })), job, '.').annotations).toHaveLength(count);
  });
});

describe('the gate', () => {
  const gate = (outcomes: readonly Outcome[], options: Partial<typeof STRICT> = {}) => {
    const report = sampleReport({
      jobs: outcomes.map((outcome, index) => sampleJob(`j${index}`, { outcome })),
    });
    return gateCheck(viewOf(report), 'nix', verdictOf(report, { ...STRICT, ...options }), {});
  };

  test('is green only for a success, neutral where failures are excused', () => {
    const built: Outcome = { kind: 'built', builder: 'b1' };
    expect(gate([built])).toMatchObject({ name: 'nix', conclusion: 'success', title: 'The job succeeded' });
    expect(gate([built, FAILED])).toMatchObject({ conclusion: 'failure', title: '1 failed of 2 jobs' });
    expect(gate([FAILED], { ignoreBuildFailures: true }).conclusion).toBe('neutral');
  });

  test('of a cancelled run is cancelled', () => {
    const report = sampleReport({ jobs: [sampleJob('a')], cancelled: true });
    expect(gateCheck(viewOf(report), 'nix', verdictOf(report, STRICT), {}).conclusion).toBe('cancelled');
  });
});

describe("GitHub's limits, with 5,000 hostile jobs", () => {
  const report = largeReport({
    ...LARGE,
    failedEvery: 2,
    evaluationFailedEvery: 3,
    texts: HOSTILE_TEXTS,
    logLines: 400,
  });
  const view = viewOf(report);

  test('every text stays below 65,535 characters, every name and title on one short line', () => {
    for (const job of report.jobs.slice(0, 300)) {
      const check = jobCheck(view, job, '.');
      expect(Math.max(utf8Length(check.summary), utf8Length(check.text))).toBeLessThanOrEqual(
        CHECK_TEXT_BYTES,
      );
      expect(`${check.name}${check.title}`).toMatch(/^[^\n\r\u001b]{1,350}$/);
    }
    const gate = gateCheck(view, 'nix', verdictOf(report, STRICT), {});
    expect(utf8Length(gate.summary)).toBeLessThanOrEqual(CHECK_TEXT_BYTES);
  });

  test('annotations go out fifty at a time, and none is lost', () => {
    const jobs = Array.from({ length: 120 }, (_, line) =>
      evaluationFailed({ file: 'flake.nix', line: line + 1, column: 1 }),
    );
    const all = sampleReport({ jobs });
    const { annotations } = gateCheck(viewOf(all), 'nix', verdictOf(all, STRICT), {});
    const batches = annotationBatches(annotations);
    expect(batches.map((batch) => batch.length)).toEqual([
      ANNOTATIONS_PER_REQUEST,
      ANNOTATIONS_PER_REQUEST,
      20,
    ]);
    expect(batches.flat()).toEqual(annotations);
    expect(annotationBatches([])).toEqual([]);
  });

  test('a label without anything to show gives way to the attribute', () => {
    expect(runningJobCheck({ names: new Map() }, sampleJob('a', { label: ' \n' }), 'b1').name).toBe(
      'checks.x86_64-linux.a',
    );
  });
});
