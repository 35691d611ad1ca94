// Draws the HTML report of the last demo: docs/images/report-*.png. Needs Chromium.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { ensureBrowser } from './provision/browser.ts';

const root = join(import.meta.dirname, '..');
const report = pathToFileURL(join(root, '.nix-dispatch', 'demo', 'results', 'report.html')).href;
const images = join(root, 'docs', 'images');
const viewport = { width: 1440, height: 700 };

/** A view of the report, and what the reader did to get there. */
interface Picture {
  readonly name: string;
  readonly scheme: 'light' | 'dark';
  readonly prepare: (page: Page) => Promise<void>;
}

const pictures: readonly Picture[] = [
  {
    name: 'report-builds',
    scheme: 'light',
    prepare: (page) => page.locator('tbody tr[data-place]').first().click(),
  },
  {
    name: 'report-timeline',
    scheme: 'dark',
    prepare: (page) => page.locator('#tab-timeline').click(),
  },
  {
    name: 'report-graph',
    scheme: 'light',
    prepare: (page) => page.locator('#tab-graph').click(),
  },
];

const browser = await ensureBrowser(console.log);
if (!browser.ok) throw new Error(browser.reason);
await mkdir(images, { recursive: true });
const started = await chromium.launch({ executablePath: browser.executable, args: ['--no-sandbox'] });
try {
  for (const { name, scheme, prepare } of pictures) {
    const page = await started.newPage({ viewport, colorScheme: scheme });
    await page.goto(report);
    await prepare(page);
    // Drawings follow in the next frame.
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(images, `${name}.png`) });
  }
} finally {
  await started.close();
}
