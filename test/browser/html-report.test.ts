import axe from 'axe-core';
import { describe, expect } from 'vitest';
import { HOSTILE_TEXTS } from '../support/report/hostile.ts';
import { LARGE, largeReport } from '../support/report/large-report.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../support/report/sample-report.ts';
import { startReportBrowser } from '../support/browser/report-page.ts';
import type { ReportBrowser } from '../support/browser/report-page.ts';
import { browser as browserRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(browserRequirement);

let browser: ReportBrowser;

beforeAll(async () => {
  browser = await startReportBrowser();
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

const failed = { kind: 'failed', builder: 'b1', message: 'builder failed with exit code 2' } as const;
const report = sampleReport({
  jobs: [
    sampleJob('alpha'),
    sampleJob('beta', { outcome: { kind: 'dependency-failed', root: sampleDrvPath('libfoo') } }),
    sampleJob('gamma', { outcome: { kind: 'already-valid', where: 'b1' } }),
  ],
  builds: [
    sampleBuild('libfoo', {
      outcome: failed,
      logTail: ['compiling', 'error: boom'],
      logLines: 40,
      logFile: 'libfoo.log',
    }),
    sampleBuild('alpha', { dependencies: [sampleDrvPath('base')] }),
    sampleBuild('base', { slot: 1 }),
    sampleBuild('beta', {
      outcome: { kind: 'dependency-failed', root: sampleDrvPath('libfoo') },
      startedAtMs: undefined,
      finishedAtMs: undefined,
      attempts: [],
      dependencies: [sampleDrvPath('libfoo')],
    }),
  ],
});

const names = 'tbody tr[data-place] td:first-child';

describe('the table', () => {
  test('lists builds and jobs, worst first, sorted anew by a heading', async () => {
    const { page, complaints } = await browser.open(report);
    expect(await page.locator(names).allTextContents()).toEqual([
      'libfoo-1.0',
      'beta [x86_64-linux]',
      'alpha [x86_64-linux]',
      'base-1.0',
      'gamma [x86_64-linux]',
    ]);
    await page.getByRole('button', { name: 'Build', exact: true }).click();
    expect((await page.locator(names).allTextContents())[0]).toBe('alpha [x86_64-linux]');
    expect(await page.locator('th[aria-sort="ascending"]').textContent()).toBe('Build');
    expect(complaints).toEqual([]);
  });

  test('is filtered by words and states', async () => {
    const { page } = await browser.open(report);
    await page.keyboard.press('/');
    await page.keyboard.type('B1 bu');
    expect(await page.locator('.count').textContent()).toBe('2 of 5');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: /^✗ Failed/ }).click();
    expect(await page.locator(names).allTextContents()).toEqual(['libfoo-1.0']);
  });

  test('is used with the keyboard alone: move, open, follow a link, close', async () => {
    const { page } = await browser.open(report);
    await page.locator('.scroller').focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('aside h2').textContent()).toBe('✗ libfoo-1.0');
    expect(await page.locator('aside .log').textContent()).toBe('compiling\nerror: boom');
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('aside .command').textContent()).toBe(
      `nix build '.#checks.x86_64-linux.beta' -L`,
    );
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.locator('aside h2').textContent()).toBe('✗ libfoo-1.0');
    await page.keyboard.press('Escape');
    expect(await page.locator('aside').isHidden()).toBe(true);
  });
});

describe('the drawings', () => {
  for (const [tab, steps, expected] of [
    ['timeline', ['ArrowRight', 'ArrowRight'], /libfoo|alpha/],
    ['graph', ['ArrowRight', 'ArrowRight'], /alpha|beta/],
  ] as const) {
    test(`the ${tab} selects builds by keyboard`, async () => {
      const { page, complaints } = await browser.open(report);
      await page.locator('#tab-builds').focus();
      while ((await page.locator(`#tab-${tab}`).getAttribute('aria-selected')) !== 'true') {
        await page.keyboard.press('ArrowRight');
      }
      await page.locator(`#panel-${tab} canvas`).focus();
      for (const step of steps) await page.keyboard.press(step);
      expect(await page.locator('aside h2').textContent()).toMatch(expected);
      for (const step of ['+', '-', '0', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'Enter'])
        await page.keyboard.press(step);
      expect(complaints).toEqual([]);
    });
  }

  test('a build that was selected elsewhere leaves all lanes in sight', async () => {
    const { page } = await browser.open(report);
    await page.locator('tbody tr[data-place]', { hasText: 'base-1.0' }).click();
    await page.locator('#tab-timeline').click();
    await page.waitForTimeout(200);
    // The first lane is still the first: what is under the mouse there runs in it.
    await page.locator('#panel-timeline canvas').hover({ position: { x: 200, y: 34 } });
    expect(await page.locator('#panel-timeline .tip').textContent()).toMatch(/libfoo|alpha/);
  });

  test('a click on a bar selects its build', async () => {
    const { page } = await browser.open(report);
    await page.locator('#tab-timeline').click();
    await page.locator('#panel-timeline canvas').click({ position: { x: 200, y: 34 } });
    expect(await page.locator('aside h2').textContent()).toMatch(/libfoo|alpha/);
  });
});

describe('the evaluation', () => {
  const jobs = [0.5, 12, 3].map((evaluationSeconds, index) =>
    sampleJob(`a${index}`, { evaluationSeconds, evaluationMemoryBytes: 2 ** 20, label: 'same' }),
  );

  test('lists the slowest attributes first, and leads to their builds', async () => {
    const { page } = await browser.open(sampleReport({ jobs, builds: [sampleBuild('a1')] }));
    await page.locator('#tab-evaluation').click();
    const panel = page.locator('#panel-evaluation');
    expect(await panel.locator('tbody tr').allTextContents()).toEqual([
      'checks.x86_64-linux.a10:121.0 MiB',
      'checks.x86_64-linux.a23.0 s1.0 MiB',
      'checks.x86_64-linux.a0500 ms1.0 MiB',
    ]);
    await panel.getByRole('button', { name: 'checks.x86_64-linux.a1', exact: true }).click();
    expect(await page.locator('aside h2').textContent()).toBe('✓ checks.x86_64-linux.a1 same');
    await panel.getByRole('button', { name: 'checks.x86_64-linux.a0', exact: true }).click();
    expect(await page.locator('aside h2').textContent()).toBe('✓ checks.x86_64-linux.a0 same');
  });

  test('says when nothing was timed', async () => {
    const { page } = await browser.open(
      sampleReport({ jobs: [sampleJob('a', { evaluationSeconds: undefined })] }),
    );
    await page.locator('#tab-evaluation').click();
    expect(await page.locator('#panel-evaluation').textContent()).toContain('No attribute was timed');
  });
});

describe('text of builds and flakes', () => {
  test('is shown as text, and nothing of it runs or loads', async () => {
    const texts = [...HOSTILE_TEXTS, '</script><script>document.title="taken"</script>', '<!--<script>'];
    const { page, complaints } = await browser.open(
      largeReport({ ...LARGE, jobs: 200, failedEvery: 2, texts }),
    );
    await page.locator('.scroller').focus();
    for (let moved = 0; moved < 40; moved += 1) await page.keyboard.press('ArrowDown');
    for (const tab of ['timeline', 'graph', 'builders', 'evaluation', 'notices'])
      await page.locator(`#tab-${tab}`).click();
    expect(complaints).toEqual([]);
    expect(await page.title()).toMatch(/^❌ /);
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('img, a, iframe, object, form').count()).toBe(0);
  });

  test('could not run even if it were markup: the policy refuses scripts, styles and loads', async () => {
    const { page, complaints } = await browser.open(report);
    await page.evaluate(
      `document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="document.title=1"><iframe src="data:text/html,x"></iframe>')`,
    );
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title=1' }))`,
    );
    await page.waitForTimeout(200);
    expect(await page.title()).toMatch(/^❌ /);
    expect(
      complaints.filter((complaint) => complaint.includes('Content Security Policy')).length,
    ).toBeGreaterThanOrEqual(3);
  });
});

describe('reading', () => {
  for (const scheme of ['light', 'dark'] as const) {
    test(`no rule of accessibility is broken in ${scheme} colours`, async () => {
      const { page } = await browser.open(report, { scheme, bypassPolicy: true });
      await page.locator('.scroller').focus();
      await page.keyboard.press('ArrowDown');
      await page.addScriptTag({ content: axe.source });
      for (const tab of ['builds', 'timeline', 'graph', 'builders', 'evaluation', 'notices']) {
        await page.locator(`#tab-${tab}`).click();
        const found: unknown = await page.evaluate(
          `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
        );
        expect(found).toEqual([]);
      }
    });
  }

  test('colours follow the system, and the button', async () => {
    const background = 'getComputedStyle(document.body).backgroundColor';
    const { page } = await browser.open(report, { scheme: 'dark' });
    expect(await page.evaluate(background)).toBe('rgb(13, 17, 23)');
    await page.getByRole('button', { name: 'Colours: auto' }).click();
    expect(await page.evaluate(background)).toBe('rgb(255, 255, 255)');
    await page.getByRole('button', { name: 'Colours: light' }).click();
    expect(await page.evaluate(background)).toBe('rgb(13, 17, 23)');
  });
});
