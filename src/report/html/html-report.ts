import { encodeBase64 } from '../../nix/hash/hash.ts';
import { sha256 } from '../../nix/hash/sha256.ts';
import { htmlText } from '../escape/markup.ts';
import type { RunReport } from '../run-report.ts';
import { describeRun } from './describe-run.ts';

/** Our own script and style, built from `page/`. They go into the file as they are. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/**
 * The report as one HTML file that needs nothing else, from a disk or a server. Its policy lets only our own script
 * run, by its hash, and lets nothing be loaded or sent; text of a build or a flake is data that the script shows as
 * text.
 *
 */
export function renderHtmlReport(report: RunReport, assets: PageAssets): string {
  const data = describeRun(report);
  const policy = [
    "default-src 'none'",
    `script-src '${digest(assets.script)}'`,
    `style-src '${digest(assets.style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${htmlText(data.headline)}</title>`,
    `<style>${assets.style}</style>`,
    '</head>',
    '<body>',
    `<header><h1>${htmlText(data.headline)}</h1>`,
    `<p class="flake">${htmlText(data.flake)}</p>`,
    `<ul class="figures">${data.figures.map((figure) => `<li>${htmlText(figure)}</li>`).join('')}</ul></header>`,
    '<noscript><p>The tables and the timeline of this report need scripts.</p></noscript>',
    `<script type="application/json" id="run">${jsonText(data)}</script>`,
    `<script>${assets.script}</script>`,
    '</body>',
    '</html>\n',
  ].join('\n');
}

/** JSON that no HTML parser takes for a tag or a comment, wherever in a script element it stands. */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}

function digest(text: string): string {
  return `sha256-${encodeBase64(sha256(new TextEncoder().encode(text)))}`;
}
