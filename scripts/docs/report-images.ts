import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

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

/** Draws views of an HTML report: `report-*.png` in the folder. */
export async function drawReport(executable: string, report: string, images: string): Promise<void> {
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox'] });
  try {
    for (const { name, scheme, prepare } of pictures) {
      const page = await browser.newPage({ viewport, colorScheme: scheme });
      await page.goto(pathToFileURL(report).href);
      await prepare(page);
      // Drawings follow in the next frame.
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(images, `${name}.png`) });
    }
  } finally {
    await browser.close();
  }
}
