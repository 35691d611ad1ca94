import { expect, test } from 'vitest';
import { parseAmount } from '../../../src/accounting/money.ts';
import { fitOutputs, outputBytes, OUTPUT_BUDGET_BYTES, reportOutputs } from '../../../src/report/outputs.ts';
import type { Outcome, RunReport } from '../../../src/report/run-report.ts';
import { verdictOf } from '../../../src/report/verdict.ts';
import { LARGE, largeReport } from '../../support/report/large-report.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

const STRICT = { ignoreBuildFailures: false, ignoreEvalFailures: false, failOnEmpty: false };
const FAILED: Outcome = { kind: 'failed', builder: 'b2', message: 'exit code 2' };

function outputsOf(report: RunReport): Readonly<Record<string, string>> {
  const outputs = reportOutputs(report, verdictOf(report, STRICT));
  return Object.fromEntries(outputs.map(({ name, value }) => [name, value]));
}

test('say how many jobs ended how, and which failed', () => {
  const outputs = outputsOf(
    sampleReport({
      jobs: [
        sampleJob('good'),
        sampleJob('there', { outcome: { kind: 'already-valid', where: 'b1' } }),
        sampleJob('libfoo', { outcome: FAILED }),
        sampleJob('weird.name', {
          path: ['checks', 'weird.name'],
          outcome: { kind: 'dependency-failed', root: sampleDrvPath('libfoo') },
        }),
        sampleJob('lost', { outcome: { kind: 'infrastructure', builder: 'b1', message: 'gone' } }),
        sampleJob('late', { outcome: { kind: 'cancelled' } }),
        sampleJob('odd', { outcome: { kind: 'evaluation-failed', message: 'throw', position: undefined } }),
      ],
    }),
  );
  expect(outputs['success']).toBe('false');
  expect(JSON.parse(outputs['counts'] ?? '')).toEqual({
    jobs: 7,
    built: 1,
    cached: 1,
    failed: 1,
    blocked: 1,
    infrastructure: 1,
    cancelled: 1,
    evaluationFailed: 1,
  });
  expect(JSON.parse(outputs['failed'] ?? '')).toEqual([
    'checks.x86_64-linux.libfoo',
    'checks."weird.name"',
    'checks.x86_64-linux.lost',
    'checks.x86_64-linux.odd',
  ]);
});

test('say what the run cost, where there are prices', () => {
  const report = sampleReport({
    jobs: [sampleJob('a')],
    builds: [sampleBuild('a', { cpu: { seconds: 0.1 + 0.2, source: 'proc' } }), sampleBuild('b')],
  });
  expect(outputsOf(report)).toMatchObject({ cpu_seconds: '8.3', cost: '' });
  const perHour = parseAmount('3600') ?? 0n;
  const rules = [{ pattern: '*', perHour, unit: 'cpu-hour' }] as const;
  const priced = { ...report, prices: { currency: 'EUR', rules } };
  expect(outputsOf(priced)['cost']).toBe('8.300000000');
});

test('of 5,000 jobs stay within what GitHub takes of a job', () => {
  const report = largeReport(LARGE);
  const { kept, spilled } = fitOutputs(reportOutputs(report, verdictOf(report, STRICT)));
  expect(spilled.map(({ name, file }) => [name, file])).toEqual([
    ['results', 'output-results.json'],
    ['jobs', 'jobs.json'],
  ]);
  expect(kept.map(({ name }) => name)).toEqual(['success', 'counts', 'cpu_seconds', 'cost', 'failed']);
  expect(kept.reduce((sum, output) => sum + outputBytes(output), 0)).toBeLessThanOrEqual(OUTPUT_BUDGET_BYTES);
});

test('one that does not fit leaves its room to the next', () => {
  const outputs = ['aaaa', 'b'].map((value) => ({ name: 'n', value, file: 'n.json' }));
  expect(fitOutputs(outputs, 4)).toEqual({ kept: [outputs[1]], spilled: [outputs[0]] });
});
