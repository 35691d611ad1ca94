import { expect } from 'vitest';
import { startReportBrowser } from '../support/browser/report-page.ts';
import type { ReportBrowser } from '../support/browser/report-page.ts';
import { LARGE, largeReport } from '../support/report/large-report.ts';
import { browser as browserRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(browserRequirement);

let browser: ReportBrowser;

beforeAll(async () => {
  browser = await startReportBrowser();
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

test('5,000 builds: only the rows in sight have elements, and the last one is reached', async () => {
  const { page, complaints } = await browser.open(largeReport(LARGE));
  expect(await page.locator('.count').textContent()).toBe('5001 of 5001');
  expect(await page.locator('#panel-builds tbody tr').count()).toBeLessThan(80);
  await page.locator('.scroller').focus();
  await page.keyboard.press('End');
  await page.waitForSelector('tr[aria-rowindex="5002"]');
  expect(await page.locator('#panel-builds tbody tr').count()).toBeLessThan(80);
  expect(complaints).toEqual([]);
});

test('5,000 builds stay fluid: no frame takes long while one sorts, filters, scrolls and draws', async () => {
  const { page } = await browser.open(largeReport(LARGE));
  await page.evaluate(
    `window.longest = 0; (function next(before) { requestAnimationFrame((now) => { longest = Math.max(longest, now - before); next(now); }); })(performance.now())`,
  );
  await page.getByRole('button', { name: 'Time', exact: true }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('pack');
  await page.locator('.scroller').hover();
  for (let turn = 0; turn < 10; turn += 1) await page.mouse.wheel(0, 5000);
  for (const tab of ['timeline', 'graph']) {
    await page.locator(`#tab-${tab}`).click();
    await page.locator(`#panel-${tab} canvas`).hover();
    for (let turn = 0; turn < 10; turn += 1) await page.mouse.wheel(40, 10);
  }
  await page.waitForTimeout(100);
  // Some 80 ms on two processors that do nothing else; tests run beside each other.
  expect(await page.evaluate('longest')).toBeLessThan(1000);
});
