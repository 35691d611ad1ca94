// Times the rendering of a run of 5,000 jobs, with plain and with hostile names. Prints a table and a line of JSON.
import { annotationsOf } from '../../src/report/annotations.ts';
import { fullResults } from '../../src/report/full-results.ts';
import { renderHtmlReport } from '../../src/report/html/html-report.ts';
import { renderJunit } from '../../src/report/junit.ts';
import { referenceResults } from '../../src/report/results.ts';
import type { RunReport } from '../../src/report/run-report.ts';
import { renderSummary } from '../../src/report/summary/summary.ts';
import { renderTextSummary } from '../../src/report/text-summary.ts';
import { HOSTILE_TEXTS } from '../../test/support/report/hostile.ts';
import { LARGE, largeReport } from '../../test/support/report/large-report.ts';
import { root } from '../bundle/bundle.ts';
import { bundleReportPage } from '../bundle/report-page.ts';

const rounds = 5;
const assets = await bundleReportPage(root);
const prices = {
  currency: 'EUR',
  rules: [{ pattern: '*', perHour: 120_000_000n, unit: 'cpu-hour' as const }],
};

const renderings: Readonly<Record<string, (report: RunReport) => string>> = {
  'job summary': (report) => renderSummary(report),
  'text summary': renderTextSummary,
  annotations: (report) => JSON.stringify(annotationsOf(report)),
  'reference results': (report) => JSON.stringify(referenceResults(report)),
  'full results': (report) => JSON.stringify(fullResults(report)),
  JUnit: renderJunit,
  'HTML report': (report) => renderHtmlReport(report, assets),
};

const reports: Readonly<Record<string, RunReport>> = {
  plain: largeReport(LARGE),
  'plain, with prices': { ...largeReport(LARGE), prices },
  hostile: largeReport({ ...LARGE, failedEvery: 2, texts: HOSTILE_TEXTS }),
};

const figures = Object.entries(reports).flatMap(([names, report]) =>
  Object.entries(renderings).map(([rendering, render]) => {
    const times: number[] = [];
    let bytes = 0;
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now();
      bytes = Buffer.byteLength(render(report));
      times.push(performance.now() - started);
    }
    return {
      names,
      rendering,
      bestMs: Math.round(Math.min(...times)),
      worstMs: Math.round(Math.max(...times)),
      bytes,
    };
  }),
);
console.table(figures);
console.log(JSON.stringify({ bench: 'report', jobs: LARGE.jobs, rounds, figures }));
