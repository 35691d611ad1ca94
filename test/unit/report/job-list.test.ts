import { expect, test } from 'vitest';
import { jobListJson, listing } from '../../../src/report/job-list.ts';
import type { JobReport } from '../../../src/report/run-report.ts';
import { renderSummary } from '../../../src/report/summary/summary.ts';
import { renderTextSummary } from '../../../src/report/text-summary.ts';
import { verdictOf } from '../../../src/report/verdict.ts';
import { viewOf } from '../../../src/report/view.ts';
import { sampleJob, sampleReport } from '../../support/report/sample-report.ts';
import { RenderedMarkdown } from '../../support/report/rendered-markdown.ts';

const jobs: readonly JobReport[] = [
  sampleJob('there', { outcome: { kind: 'already-valid', where: 'b1' }, evaluationSeconds: 0.5 }),
  sampleJob('missing', {
    outcome: { kind: 'cancelled' },
    requiredFeatures: ['kvm'],
    evaluationSeconds: 7,
    evaluationMemoryBytes: 3 * 1024 ** 2,
  }),
  sampleJob('odd', {
    drvPath: undefined,
    outcome: { kind: 'evaluation-failed', message: 'throw', position: undefined },
  }),
];
const STRICT = { ignoreBuildFailures: false, ignoreEvalFailures: false, failOnEmpty: true };

test('the list has what was evaluated and where it was, built or not', () => {
  const expected = [
    { attr: 'there', cached: 'b1', requiredFeatures: [] },
    { attr: 'missing', cached: null, requiredFeatures: ['kvm'] },
  ];
  expect(JSON.parse(jobListJson(sampleReport({ jobs })))).toMatchObject(expected);
  expect(JSON.parse(jobListJson(sampleReport(listing(jobs))))).toMatchObject(expected);
});

test('what was listed and not built is no failure, what could not be evaluated is', () => {
  const report = sampleReport(listing(jobs));
  expect(viewOf(report).totals).toMatchObject({ jobs: 3, cached: 1, cancelled: 0, evaluationFailed: 1 });
  expect(verdictOf(report, STRICT).reasons).toEqual(['1 attribute failed to evaluate']);
  const good = sampleReport(listing(jobs.slice(0, 2)));
  expect(verdictOf(good, STRICT)).toEqual({ success: true, exitCode: 0, reasons: [] });
  expect(viewOf(good).notices).toEqual([]);
});

test('the summary lists what is missing first, and the slowest attributes with their memory', () => {
  const summary = renderSummary(sampleReport(listing(jobs.slice(0, 2))));
  expect(summary).toContain('## ✅ 2 jobs selected, nothing built');
  const rows = new RenderedMarkdown(summary).rows();
  expect(rows).toContainEqual(['missing [x86_64-linux]', 'x86_64-linux', 'no']);
  expect(rows).toContainEqual(['checks.x86_64-linux.missing', '7.0 s', '3.0 MiB']);
  expect(rows).toContainEqual(['checks.x86_64-linux.there', '500 ms', '–']);
});

test('the end of the log says what is to be built and what is where', () => {
  const twin = sampleJob('twin', { label: 'there [x86_64-linux]', outcome: { kind: 'cancelled' } });
  const text = renderTextSummary(sampleReport(listing([...jobs.slice(0, 2), twin])));
  expect(text.split('\n').slice(0, 7)).toEqual([
    '✅ 3 jobs selected, nothing built',
    '  2 to build, 1 already there, 2:00 in all, 12 attributes evaluated in 3.2 s',
    '',
    '  job                                             system        result',
    '  missing [x86_64-linux]                          x86_64-linux  to be built',
    '  checks.x86_64-linux.twin there [x86_64-linux]   x86_64-linux  to be built',
    '  checks.x86_64-linux.there there [x86_64-linux]  x86_64-linux  already there: b1',
  ]);
});

test('ten attributes are named as the slowest', () => {
  const many = Array.from({ length: 12 }, (_, index) => sampleJob(`j${index}`, { evaluationSeconds: index }));
  const slowest = renderSummary(sampleReport({ jobs: many })).split('Slowest evaluations')[1] ?? '';
  expect(slowest.match(/j\d+/g)).toEqual(['j11', 'j10', 'j9', 'j8', 'j7', 'j6', 'j5', 'j4', 'j3', 'j2']);
});
