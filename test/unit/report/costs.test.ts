import { describe, expect, test } from 'vitest';
import { parsePriceLines } from '../../../src/accounting/prices.ts';
import { fullResults } from '../../../src/report/full-results.ts';
import { renderSummary } from '../../../src/report/summary/summary.ts';
import { renderTextSummary } from '../../../src/report/text-summary.ts';
import { viewOf } from '../../../src/report/view.ts';
import { LARGE, largeReport } from '../../support/report/large-report.ts';
import { RenderedMarkdown } from '../../support/report/rendered-markdown.ts';
import {
  sampleBuild,
  sampleBuilder,
  sampleDrvPath,
  sampleJob,
  sampleReport,
} from '../../support/report/sample-report.ts';

const prices = { currency: 'EUR', rules: parsePriceLines('b1 3.60 cpu-hour\nb2 36 hour').rules };
const lib = sampleDrvPath('libfoo');
const onB2 = {
  builder: 'b2',
  startedAtMs: sampleReport().startedAtMs,
  finishedAtMs: sampleReport().startedAtMs + 20_000,
};
const report = sampleReport({
  prices,
  jobs: [
    sampleJob('a'),
    sampleJob('b'),
    sampleJob('there', { outcome: { kind: 'already-valid', where: 'b1' } }),
  ],
  builds: [
    sampleBuild('a', { dependencies: [lib] }),
    sampleBuild('b', { dependencies: [lib], cpu: { seconds: 4, source: 'estimate' } }),
    sampleBuild('libfoo', { attempts: [{ ...onB2, result: 'built', message: '' }] }),
  ],
  builders: [sampleBuilder('b1'), sampleBuilder('b2')],
});

describe('a report with prices', () => {
  const page = new RenderedMarkdown(renderSummary(report));

  test('shows what each job pays, a shared dependency split', () => {
    expect(page.rows()).toContainEqual([
      '✅',
      'a [x86_64-linux]',
      'built',
      'b1',
      '0:10',
      '8.0 s (proc)',
      '0.11 EUR',
    ]);
    expect(page.rows()).toContainEqual([
      '✅',
      'b [x86_64-linux]',
      'built',
      'b1',
      '0:10',
      '≤ 4.0 s (estimate)',
      '≤ 0.10 EUR',
    ]);
  });

  test('shows the dependency once, with its own cost', () => {
    const rows = page.rows().filter((row) => row.includes('libfoo-1.0'));
    expect(rows).toEqual([['✅', 'libfoo-1.0', 'built', 'b1', '0:10', '8.0 s (proc)', '0.20 EUR']]);
  });

  test('shows what builders cost, and their idle time apart', () => {
    const cells = page.rows().map((row) => [row[0], row.at(-2), row.at(-1)]);
    expect(cells).toContainEqual(['b1', '0.01 EUR', '0.00 EUR']);
    expect(cells).toContainEqual(['b2', '0.20 EUR', '1.00 EUR']);
  });

  test('shows the total, as a bound when a CPU time is one', () => {
    expect(page.texts('p')[0]).toContain('≤ 1.21 EUR, 1.00 EUR of it idle');
    expect(renderTextSummary(report)).toMatch(/a \[x86_64-linux\] .* 0\.11 EUR\n/);
  });

  test('gives programs exact decimals', () => {
    const results = fullResults(report);
    expect(results.costs).toEqual({
      currency: 'EUR',
      total: '1.209000000',
      idle: '0.997000000',
      isUpperBound: true,
      unpriced: 0,
    });
    expect(results.jobs.map((job) => job.cost)).toEqual(['0.108000000', '0.104000000', '0.000000000']);
    expect(results.builds[2]?.cost).toBe('0.200000000');
    expect(results.builders[1]).toMatchObject({ cost: '0.200000000', idleCost: '0.997000000' });
  });
});

test('a report without prices speaks of no money', () => {
  const { prices: _, ...free } = report;
  expect(renderSummary(free)).not.toMatch(/cost|EUR/i);
  expect(fullResults(free).costs).toBeNull();
});

test('5,000 jobs: what they pay adds up to what their builds cost', () => {
  const { costs } = viewOf({
    ...largeReport(LARGE),
    prices: { currency: '$', rules: parsePriceLines('* 0.12 cpu-hour').rules },
  });
  const paid = [...(costs?.byJob.values() ?? [])].reduce(
    (sum, share) => sum + share.own + share.dependencies,
    0n,
  );
  // libroot is nobody's dependency in this graph.
  const stray = costs?.byBuild.get(sampleDrvPath('libroot'))?.amount ?? 0n;
  expect(paid).toBeGreaterThan(0n);
  expect(paid + stray).toBe(costs?.total);
});
