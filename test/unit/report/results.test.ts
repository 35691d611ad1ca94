import { expect, test } from 'vitest';
import { fullResults } from '../../../src/report/full-results.ts';
import { referenceResults } from '../../../src/report/results.ts';
import type { Outcome } from '../../../src/report/run-report.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

const FAILED: Outcome = { kind: 'failed', builder: 'b2', message: 'exit 1' };

test('results have the shape of the reference', () => {
  const report = sampleReport({
    jobs: [
      sampleJob('hello', { description: `it's "so" $(much)\n::error::` }),
      sampleJob('bad', { outcome: FAILED }),
      sampleJob('app', {
        topAttr: 'packages',
        system: 'aarch64-linux',
        outcome: { kind: 'substituted', where: 'b1' },
      }),
    ],
  });
  expect(referenceResults(report)).toEqual({
    checks: {
      'x86_64-linux': {
        hello: {
          success: true,
          name: 'hello-1.0',
          description: `it's "so" $(much)\n::error::`,
          label: 'hello [x86_64-linux]',
          drvPath: sampleDrvPath('hello'),
          outputs: { out: sampleDrvPath('hello').replace(/\.drv$/, '') },
        },
        bad: { success: false, name: 'bad-1.0', description: '', label: 'bad [x86_64-linux]' },
      },
    },
    packages: { 'aarch64-linux': { app: expect.objectContaining({ success: true }) } },
  });
});

test('jobs that would stand at one place are told apart by their whole paths', () => {
  const twins = [
    ['hydraJobs', 'a', 'x86_64-linux'],
    ['hydraJobs', 'x86_64-linux', 'a'],
  ].map((path, index) =>
    sampleJob('a', { topAttr: 'hydraJobs', path, ...(index === 0 ? { outcome: FAILED } : {}) }),
  );
  const results = referenceResults(
    sampleReport({ jobs: [...twins, sampleJob('b', { topAttr: 'hydraJobs' })] }),
  );
  expect(results['hydraJobs']?.['x86_64-linux']).toMatchObject({
    'hydraJobs.a.x86_64-linux': { success: false },
    'hydraJobs.x86_64-linux.a': { success: true },
    b: { success: true },
  });
});

test('an attribute named like a property of objects is one of the results', () => {
  const text = JSON.stringify(
    referenceResults(sampleReport({ jobs: [sampleJob('__proto__'), sampleJob('constructor')] })),
  );
  expect(Object.keys(JSON.parse(text).checks['x86_64-linux'])).toEqual(['__proto__', 'constructor']);
});

test('full results survive JSON unchanged: nothing is absent', () => {
  const report = sampleReport({
    jobs: [sampleJob('a', { drvPath: undefined, evaluationSeconds: undefined })],
    builds: [
      sampleBuild('a', {
        startedAtMs: undefined,
        finishedAtMs: undefined,
        cpu: undefined,
        slot: undefined,
        outputBytes: undefined,
      }),
    ],
    builders: [{ ...sampleReport().builders[0], nixVersion: undefined, connectSeconds: undefined } as never],
  });
  const results = fullResults(report);
  expect(JSON.parse(JSON.stringify(results))).toStrictEqual(results);
});

test('full results name outcome, builder, root cause and what it blocks', () => {
  const root = sampleDrvPath('libfoo');
  const results = fullResults(
    sampleReport({
      jobs: [sampleJob('weird.name', { outcome: { kind: 'dependency-failed', root } })],
      builds: [
        sampleBuild('libfoo', { outcome: FAILED, logTail: ['boom'] }),
        sampleBuild('ok', { logTail: ['fine'] }),
      ],
    }),
  );
  expect(results.schemaVersion).toBe(1);
  expect(results.startedAt).toBe('2026-11-22T00:00:00.000Z');
  expect(results.jobs[0]).toMatchObject({
    attributePath: 'checks.x86_64-linux."weird.name"',
    outcome: 'dependency-failed',
    class: 'blocked',
    success: false,
    root,
  });
  expect(results.builds[0]).toMatchObject({
    builder: 'b2',
    message: 'exit 1',
    wallSeconds: 10,
    logTail: ['boom'],
  });
  expect(results.builds[1]).toMatchObject({ success: true, message: null, logTail: [] });
  expect(results.rootCauses).toEqual([
    {
      drvPath: root,
      name: 'libfoo-1.0',
      outcome: 'failed',
      jobs: [],
      blockedJobs: ['checks.x86_64-linux."weird.name"'],
    },
  ]);
});
