import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

const viewport = { width: 1012, height: 600 };

// The measures of GitHub's own style sheet that matter here.
const style = `
body { font: 14px/1.5 "DejaVu Sans", sans-serif; color: #1f2328; margin: 24px }
h2 { font-size: 1.5em; border-bottom: 1px solid #d1d9e0; padding-bottom: .3em }
code, pre { font: 85% "DejaVu Sans Mono", monospace; background: #f1f2f4; border-radius: 6px; padding: .2em .4em }
pre { padding: 16px }
table { border-collapse: collapse; margin: 12px 0 }
td, th { border: 1px solid #d1d9e0; padding: 4px 13px }
tr:nth-child(even) { background: #f6f8fa }
summary { margin: 8px 0 }`;

/** Draws a job summary as GitHub shows it. */
export async function drawSummary(executable: string, summary: string, image: string): Promise<void> {
  const html = micromark(await readFile(summary, 'utf8'), {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport });
    await page.setContent(`<!doctype html><meta charset="utf-8"><style>${style}</style>${html}`);
    await page.screenshot({ path: image, fullPage: true });
  } finally {
    await browser.close();
  }
}
