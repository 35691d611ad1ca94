import { describe, expect, test } from 'vitest';
import { cleanLine } from '../../../src/report/escape/clean.ts';
import { clip, utf8Length } from '../../../src/report/escape/clip.ts';
import type { Outcome } from '../../../src/report/run-report.ts';
import { renderSummary, SUMMARY_BUDGET_BYTES } from '../../../src/report/summary/summary.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';
import { LARGE, largeReport } from '../../support/report/large-report.ts';
import { RenderedMarkdown } from '../../support/report/rendered-markdown.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

const FAILED: Outcome = { kind: 'failed', builder: 'b2', message: 'builder failed with exit code 2' };
/** What our own markup consists of: nothing that runs, loads or links. */
const OWN_ELEMENTS = new Set(
  'blockquote code details h2 h3 h4 li p pre strong summary table tbody td th thead tr ul'.split(' '),
);

function failingReport() {
  const root = sampleDrvPath('libfoo');
  return sampleReport({
    jobs: [
      sampleJob('good'),
      sampleJob('there', { outcome: { kind: 'already-valid', where: 'b1' } }),
      sampleJob('a', { outcome: { kind: 'dependency-failed', root } }),
      sampleJob('b', { outcome: { kind: 'dependency-failed', root } }),
    ],
    builds: [
      sampleBuild('good'),
      sampleBuild('libfoo', {
        outcome: FAILED,
        logTail: ['compiling', '', 'error: boom'],
        logLines: 240,
        logFile: 'libfoo.log',
        cpu: { seconds: 40, source: 'estimate' },
      }),
    ],
  });
}

describe('the summary of a run with failures', () => {
  const markdown = renderSummary(failingReport(), {
    logs: 'https://github.com/o/r/actions/runs/1/artifacts/2',
  });
  const page = new RenderedMarkdown(markdown);

  test('says what happened in its heading', () => {
    expect(page.texts('h2')).toEqual(['❌ 2 blocked of 4 jobs']);
  });

  test('names the root cause and what it blocks, before the table', () => {
    expect(page.texts('h4')).toEqual(['❌ libfoo-1.0 failed on b2: blocks 2 jobs']);
    expect(markdown.indexOf('### Failures')).toBeLessThan(markdown.indexOf('### Jobs'));
  });

  test('has the end of the log and the command that repeats it', () => {
    expect(page.texts('pre').slice(0, 2)).toEqual([
      `nix build '.#checks.x86_64-linux.a' -L`,
      'compiling\n\nerror: boom',
    ]);
    expect(page.texts('summary')).toContain('Last 3 lines of 240, whole log: libfoo.log');
  });

  test('has a row per job with builder, duration and CPU time, or a dash', () => {
    expect(page.rows()).toContainEqual(['✅', 'good [x86_64-linux]', 'built', 'b1', '0:10', '8.0 s (proc)']);
    expect(page.rows()).toContainEqual(['⛔', 'a [x86_64-linux]', 'dependency failed', '–', '–', '–']);
    expect(page.rows()).toContainEqual(['☑️', 'there [x86_64-linux]', 'already valid', 'b1']);
    expect(page.rows()).toContainEqual(['❌', 'libfoo-1.0', 'failed', 'b2', '0:10', '≤ 0:40 (estimate)']);
  });

  test('links to the logs', () => {
    expect(markdown).toContain('[Build logs](https://github.com/o/r/actions/runs/1/artifacts/2)');
  });
});

test.each([
  ['a green run', sampleReport({ jobs: [sampleJob('a'), sampleJob('b')] }), '✅ All 2 jobs succeeded'],
  ['one job', sampleReport({ jobs: [sampleJob('a')] }), '✅ The job succeeded'],
  ['nothing selected', sampleReport(), 'ℹ️ Nothing was selected'],
  ['early end', sampleReport({ cancelled: true }), '⚪ Cancelled before anything was selected'],
  [
    'a cancelled run',
    sampleReport({
      jobs: [sampleJob('a'), sampleJob('b', { outcome: { kind: 'cancelled' } })],
      cancelled: true,
    }),
    '⚪ Cancelled after 1 job of 2',
  ],
])('the headline of %s', (_, report, headline) => {
  expect(new RenderedMarkdown(renderSummary(report)).texts('h2')).toEqual([headline]);
});

test('an evaluation failure shows the end of the message', () => {
  const message = `${'trace\n'.repeat(3000)}error: undefined variable 'x'`;
  const position = { file: 'flake.nix', line: 12, column: 3 };
  const outcome: Outcome = { kind: 'evaluation-failed', message, position };
  const page = new RenderedMarkdown(renderSummary(sampleReport({ jobs: [sampleJob('bad', { outcome })] })));
  expect(page.texts('h4')).toEqual(['checks.x86_64-linux.bad at flake.nix:12']);
  expect(page.texts('pre')[0]).toMatch(/^….*error: undefined variable 'x'$/s);
});

describe('hostile text in every place that holds any', () => {
  test.each(HOSTILE_TEXTS)('hostile text %#', (text) => {
    const outcome: Outcome = { kind: 'failed', builder: text, message: text };
    const report = sampleReport({
      flake: text,
      jobs: [
        sampleJob('a', {
          attr: text,
          path: ['checks', text],
          label: text,
          name: text,
          outcome,
          warnings: [text],
        }),
        sampleJob('b', { label: text, outcome: { kind: 'already-valid', where: text } }),
        sampleJob('c', {
          path: [text],
          outcome: { kind: 'evaluation-failed', message: text, position: undefined },
        }),
        sampleJob('d', { label: text, outcome: { kind: 'dependency-failed', root: sampleDrvPath('a') } }),
      ],
      builds: [
        sampleBuild('a', { name: text, outcome, logTail: ['', text, '', text], logLines: 4, logFile: text }),
        sampleBuild('e', { name: text, outcome }),
      ],
      notices: [{ level: 'warning', title: text, message: text }],
      builders: [
        { ...sampleReport().builders[0], name: text, systems: [text], nixVersion: text, trouble: [text] },
      ],
    } as never);
    const page = new RenderedMarkdown(renderSummary(report));
    expect(page.elementNames().filter((name) => !OWN_ELEMENTS.has(name))).toEqual([]);
    expect(page.texts('h2')).toHaveLength(1);
    const shown = clip(cleanLine(text), 300) || '–';
    expect(page.rows()).toContainEqual([
      '❌',
      shown,
      'failed',
      clip(cleanLine(text), 100) || '–',
      '0:10',
      '8.0 s (proc)',
    ]);
  });
});

describe('the limit', () => {
  const plain = largeReport(LARGE);
  const hostile = largeReport({ ...LARGE, failedEvery: 2, texts: HOSTILE_TEXTS });

  test('5,000 jobs fit', () => {
    const markdown = renderSummary(plain);
    expect(utf8Length(markdown)).toBeLessThan(SUMMARY_BUDGET_BYTES);
    expect(markdown).not.toContain('Left out');
    expect(new RenderedMarkdown(markdown).rows().length).toBeGreaterThan(5000);
  });

  test('5,000 jobs with hostile names, half of them failed, fit and say what was dropped', () => {
    const markdown = renderSummary(hostile);
    expect(utf8Length(markdown)).toBeLessThanOrEqual(SUMMARY_BUDGET_BYTES);
    expect(markdown).toMatch(/> Left out .*: .*details of \d+ failures.*The artifacts have everything\.\n$/);
    const page = new RenderedMarkdown(markdown);
    expect(page.elementNames().filter((name) => !OWN_ELEMENTS.has(name))).toEqual([]);
  });

  test.each([900, 500, 200, 100, 50, 20, 8, 4])('%i KiB hold, whatever has to go', (kibibytes) => {
    for (const report of [plain, hostile]) {
      const markdown = renderSummary(report, {}, kibibytes * 1024);
      expect(utf8Length(markdown)).toBeLessThanOrEqual(kibibytes * 1024);
      expect(markdown).toMatch(/^## ❌ /);
    }
  });

  test('rows go in a fixed order: cached jobs, dependencies, other jobs, details of failures', () => {
    const lost = (kibibytes: number) => {
      const markdown = renderSummary(plain, {}, kibibytes * 1024);
      return ['already there', 'rows of jobs', 'details of', 'failures'].filter((words) =>
        markdown.split('> Left out').at(1)?.includes(words),
      );
    };
    expect(lost(900)).toEqual([]);
    expect(lost(200)).toEqual(['already there', 'rows of jobs']);
    expect(lost(60)).toEqual(['already there', 'rows of jobs', 'details of', 'failures']);
  });
});

describe('what other programs had built', () => {
  const failed = { kind: 'failed', builder: 'b1', message: 'exit code 3' } as const;
  const observed = { observed: true, jobs: [], flake: '', lockedFlake: undefined } as const;

  test.each([
    ['ℹ️ Nothing was built on the builders', []],
    ['✅ 1 derivation built', [sampleBuild('one')]],
    ['❌ 1 of 2 builds failed', [sampleBuild('one'), sampleBuild('two', { outcome: failed })]],
  ])('is headed by: %s', (headline, builds) => {
    const summary = renderSummary(sampleReport({ ...observed, builds }));
    expect(summary).toMatch(new RegExp(`^## ${headline}\n\n\\d`));
    expect(summary).not.toMatch(/selected|evaluated|dependenc/);
  });
});

test('what reads as a sentence is one: outcomes, dependencies that were not built, warnings with their attribute', () => {
  const loud: Outcome = { kind: 'log-limit', builder: 'b1', message: 'too large' };
  const lost: Outcome = { kind: 'infrastructure', builder: undefined, message: 'no builder' };
  const summary = renderSummary(
    sampleReport({
      jobs: [
        sampleJob('a', { warnings: ['old'] }),
        sampleJob('lost', { outcome: lost }),
        sampleJob('c', { outcome: { kind: 'dependency-failed', root: sampleDrvPath('loud') } }),
      ],
      builds: [sampleBuild('fine'), sampleBuild('loud', { outcome: loud })],
    }),
  );
  expect(summary).toContain('<code>loud-1.0</code> printed too much on <code>b1</code>: blocks 1 job');
  expect(summary).toContain('<code>checks.x86_64-linux.lost</code> met builder trouble\n');
  expect(summary).toContain('2 dependencies, 1 of which not built');
  expect(summary.indexOf('<code>loud-1.0</code> | too much log')).toBeLessThan(
    summary.indexOf('<code>fine-1.0</code> | built'),
  );
  expect(summary).toContain('**checks.x86_64-linux.a**: <code>old</code>');
});

test('a run that found everything there says nothing of builds', () => {
  const jobs = [sampleJob('a', { outcome: { kind: 'already-valid', where: 'b1' } })];
  expect(renderSummary(sampleReport({ jobs, builds: [] }))).not.toContain('ran for');
});
