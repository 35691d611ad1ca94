import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { browserSupport } from '../../../scripts/provision/browser.ts';
import { bundleReportPage } from '../../../scripts/bundle/report-page.ts';
import { renderHtmlReport } from '../../../src/report/html/html-report.ts';
import type { RunReport } from '../../../src/report/run-report.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A report that is open in a browser, and what the browser complained of. */
export interface OpenReport {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught errors, dialogs, refused loads. */
  readonly complaints: readonly string[];
}

/** How a report is opened. */
export interface OpenOptions {
  readonly scheme?: 'light' | 'dark';
  /** Lets a test put a script of its own into the page. */
  readonly bypassPolicy?: boolean;
}

/** A browser, and a folder for the files that it opens. */
export interface ReportBrowser extends AsyncDisposable {
  open(report: RunReport, options?: OpenOptions): Promise<OpenReport>;
}

/** Starts the browser without a sandbox of its own, which root cannot have. */
export async function startReportBrowser(): Promise<ReportBrowser> {
  const support = browserSupport();
  if (!support.ok) throw new Error(support.reason);
  const assets = await bundleReportPage(ROOT);
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-report-'));
  const browser: Browser = await chromium.launch({
    executablePath: support.executable,
    args: ['--no-sandbox'],
  });
  let count = 0;
  return {
    async open(report, { scheme = 'light', bypassPolicy = false } = {}) {
      count += 1;
      const file = join(folder, `report ${count}.html`);
      await writeFile(file, renderHtmlReport(report, assets));
      const context = await browser.newContext({
        bypassCSP: bypassPolicy,
        colorScheme: scheme,
        viewport: { width: 1280, height: 800 },
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (request.url() !== pathToFileURL(file).href) complaints.push(`request: ${request.url()}`);
      });
      page.on('dialog', (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector('main');
      return { page, complaints };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
