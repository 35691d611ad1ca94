// Draws the summary of the last demo as GitHub shows it: docs/images/summary.png.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { mustRun } from './provision/command.ts';
import { ensureBrowser } from './provision/browser.ts';

const root = join(import.meta.dirname, '..');
const image = join(root, 'docs', 'images', 'summary.png');
const widthPixels = 1000;
const heightPixels = 1160;

// The measures of GitHub's own style sheet that matter here.
const style = `
body { font: 16px/1.5 "DejaVu Sans", sans-serif; color: #1f2328; margin: 24px; zoom: 0.85 }
h2 { font-size: 1.5em; border-bottom: 1px solid #d1d9e0; padding-bottom: .3em }
code, pre { font: 85% "DejaVu Sans Mono", monospace; background: #f1f2f4; border-radius: 6px; padding: .2em .4em }
pre { padding: 16px }
table { border-collapse: collapse; margin: 12px 0 }
td, th { border: 1px solid #d1d9e0; padding: 4px 13px }
tr:nth-child(even) { background: #f6f8fa }
summary { margin: 8px 0 }`;

const browser = await ensureBrowser(console.log);
if (!browser.ok) throw new Error(browser.reason);
const markdown = await readFile(join(root, '.nix-dispatch', 'demo', 'summary.md'), 'utf8');
const html = micromark(markdown, {
  allowDangerousHtml: true,
  extensions: [gfm()],
  htmlExtensions: [gfmHtml()],
});
const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-image-'));
try {
  const page = join(folder, 'summary.html');
  await writeFile(page, `<!doctype html><meta charset="utf-8"><style>${style}</style>${html}`);
  await mkdir(join(image, '..'), { recursive: true });
  await mustRun([
    browser.executable,
    '--headless',
    '--no-sandbox',
    '--hide-scrollbars',
    `--user-data-dir=${folder}`,
    `--window-size=${widthPixels},${heightPixels}`,
    `--screenshot=${image}`,
    page,
  ]);
} finally {
  await rm(folder, { recursive: true });
}
