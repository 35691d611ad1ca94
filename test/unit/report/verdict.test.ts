import { describe, expect, test } from 'vitest';
import { rootCausesOf } from '../../../src/report/root-causes.ts';
import type { Outcome, RunReport } from '../../../src/report/run-report.ts';
import { totalsOf } from '../../../src/report/totals.ts';
import { excuseNotices, verdictOf } from '../../../src/report/verdict.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

const STRICT = { ignoreBuildFailures: false, ignoreEvalFailures: false, failOnEmpty: false };
const FAILED: Outcome = { kind: 'failed', builder: 'b2', message: 'exit 1' };
const LOST: Outcome = { kind: 'infrastructure', builder: 'b2', message: 'connection lost' };

function reportWith(...outcomes: readonly Outcome[]): RunReport {
  return sampleReport({ jobs: outcomes.map((outcome, index) => sampleJob(`job${index}`, { outcome })) });
}

function blockedBy(outcome: Outcome): RunReport {
  const root = sampleDrvPath('libfoo');
  return sampleReport({
    jobs: [sampleJob('a', { outcome: { kind: 'dependency-failed', root } })],
    builds: [sampleBuild('libfoo', { outcome })],
  });
}

const EVALUATION: Outcome = { kind: 'evaluation-failed', message: 'x', position: undefined };
const BUILT: Outcome = { kind: 'built', builder: 'b1' };

describe('green or red', () => {
  test.each<[string, RunReport, Partial<typeof STRICT>, boolean, 0 | 1]>([
    ['built', reportWith(BUILT), {}, true, 0],
    ['already valid', reportWith({ kind: 'already-valid', where: 'b1' }), {}, true, 0],
    ['substituted', reportWith({ kind: 'substituted', where: 'cache' }), {}, true, 0],
    ['failed', reportWith(BUILT, FAILED), {}, false, 1],
    ['failed, ignored', reportWith(BUILT, FAILED), { ignoreBuildFailures: true }, false, 0],
    [
      'timed out, ignored',
      reportWith({ ...FAILED, kind: 'timed-out' }),
      { ignoreBuildFailures: true },
      false,
      0,
    ],
    ['failed, only evaluation ignored', reportWith(FAILED), { ignoreEvalFailures: true }, false, 1],
    ['blocked by a failure, ignored', blockedBy(FAILED), { ignoreBuildFailures: true }, false, 0],
    ['blocked by a lost builder', blockedBy(LOST), { ignoreBuildFailures: true }, false, 1],
    ['a lost builder', reportWith(LOST), { ignoreBuildFailures: true }, false, 1],
    ['evaluation failed', reportWith(BUILT, EVALUATION), { ignoreBuildFailures: true }, false, 1],
    ['evaluation failed, ignored', reportWith(BUILT, EVALUATION), { ignoreEvalFailures: true }, false, 0],
    ['a job cancelled', reportWith(BUILT, { kind: 'cancelled' }), { ignoreBuildFailures: true }, false, 1],
    ['cancelled with every job built', { ...reportWith(BUILT), cancelled: true }, {}, false, 1],
    ['nothing selected', sampleReport(), {}, true, 0],
    ['nothing selected, forbidden', sampleReport(), { failOnEmpty: true }, false, 1],
    [
      'an error beside the builds',
      { ...reportWith(BUILT), notices: [{ level: 'error', title: 't', message: 'm' }] },
      { ignoreBuildFailures: true, ignoreEvalFailures: true },
      false,
      1,
    ],
    [
      'a warning beside the builds',
      { ...reportWith(BUILT), notices: [{ level: 'warning', title: 't', message: 'm' }] },
      {},
      true,
      0,
    ],
  ])('%s', (_, report, options, success, exitCode) => {
    const verdict = verdictOf(report, { ...STRICT, ...options });
    expect(verdict).toMatchObject({ success, exitCode });
    expect(verdict.reasons.length > 0).toBe(!success);
  });

  test('says why', () => {
    expect(verdictOf(reportWith(FAILED, FAILED, EVALUATION, { kind: 'cancelled' }), STRICT).reasons).toEqual([
      '2 builds failed',
      '1 attribute failed to evaluate',
      '1 job cancelled',
    ]);
  });
});

describe('root causes', () => {
  const lib = sampleDrvPath('libfoo');
  const own = sampleDrvPath('own');
  const report = sampleReport({
    jobs: [
      sampleJob('own', { outcome: FAILED }),
      sampleJob('a', { outcome: { kind: 'dependency-failed', root: lib } }),
      sampleJob('b', { outcome: { kind: 'dependency-failed', root: lib } }),
      sampleJob('good'),
      sampleJob('bad-eval', { outcome: EVALUATION, drvPath: undefined }),
      sampleJob('nobody', {
        outcome: { kind: 'infrastructure', builder: undefined, message: 'no builder fits' },
      }),
    ],
    builds: [
      sampleBuild('own', { outcome: FAILED }),
      sampleBuild('libfoo', { outcome: FAILED }),
      sampleBuild('good'),
    ],
  });

  test('group what they block, most first', () => {
    const causes = rootCausesOf(report).map(({ name, jobs, blocked }) => [name, jobs.length, blocked.length]);
    expect(causes).toEqual([
      ['libfoo-1.0', 0, 2],
      ['own-1.0', 1, 0],
      ['nobody-1.0', 1, 0],
    ]);
    expect(rootCausesOf(report).map((cause) => cause.drvPath)).toEqual([lib, own, sampleDrvPath('nobody')]);
  });

  test('a root that is in no list of builds still has a name', () => {
    const jobs = [sampleJob('a', { outcome: { kind: 'dependency-failed', root: lib } })];
    expect(rootCausesOf(sampleReport({ jobs }))[0]?.name).toBe('libfoo');
  });

  test('totals count each job once', () => {
    expect(totalsOf(report)).toMatchObject({
      jobs: 6,
      built: 1,
      cached: 0,
      failed: 1,
      blocked: 2,
      infrastructure: 1,
      evaluationFailed: 1,
      buildsRun: 3,
      buildsFailed: 2,
      buildSeconds: 30,
      cpuSeconds: 24,
      wallSeconds: 119.7,
    });
  });

  test('builds without CPU time are counted as unknown, those that never ran are not', () => {
    const builds = [
      sampleBuild('a', { cpu: undefined }),
      sampleBuild('b', { cpu: { seconds: 1, source: 'estimate' } }),
      sampleBuild('c', { startedAtMs: undefined, finishedAtMs: undefined, cpu: undefined }),
    ];
    expect(totalsOf(sampleReport({ builds })).cpuSources).toEqual({
      cgroup: 0,
      proc: 0,
      service: 0,
      estimate: 1,
      unknown: 1,
    });
  });
});

test('failures that do not fail the step are said to be ignored', () => {
  const told = (report: RunReport, options: Partial<typeof STRICT>): readonly string[] =>
    excuseNotices(verdictOf(report, { ...STRICT, ...options })).map(({ message }) => message);
  expect(told(reportWith(BUILT, FAILED), { ignoreBuildFailures: true })).toEqual([
    '1 build failed; the step succeeds all the same, as ignore_build_failures or ignore_eval_failures says',
  ]);
  expect(told(reportWith(BUILT), { ignoreBuildFailures: true })).toEqual([]);
  expect(told(reportWith(FAILED, LOST), { ignoreBuildFailures: true })).toEqual([]);
});
