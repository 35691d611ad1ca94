import { join } from 'node:path';
import { build } from 'esbuild';
import type { PageAssets } from '../../src/report/html/html-report.ts';

/** Names of the page's files in the bundle; `src/github` reads them from beside its own. */
const outputs = { script: 'report-page.js', style: 'report-page.css' } as const;

/** Bundles script and style of the HTML report, for browsers; both end up within the report itself. */
export async function bundleReportPage(root: string): Promise<PageAssets> {
  const page = join(root, 'src', 'report', 'html', 'page');
  const result = await build({
    absWorkingDir: root,
    entryPoints: { 'report-page': join(page, 'main.ts'), 'report-page-style': join(page, 'page.css') },
    outdir: root,
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    // Browsers of 2024: the style uses light-dark().
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // Both go into HTML elements, whose end nothing in them may look like.
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const textOf = (ending: string) => result.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: textOf('.js'), style: textOf('.css') };
}

/** The page's files as the bundle has them. */
export async function reportPageFiles(root: string): Promise<{ name: string; contents: Uint8Array }[]> {
  const { script, style } = await bundleReportPage(root);
  const encoder = new TextEncoder();
  return [
    { name: outputs.script, contents: encoder.encode(script) },
    { name: outputs.style, contents: encoder.encode(style) },
  ];
}
