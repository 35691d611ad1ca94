import { readFile } from 'node:fs/promises';
import type { PageAssets } from '../report/html/html-report.ts';

/** Script and style of the HTML report, which lie beside the bundle; undefined where there is no bundle, as in tests. */
export async function readReportPage(): Promise<PageAssets | undefined> {
  try {
    const [script, style] = await Promise.all(
      ['report-page.js', 'report-page.css'].map((name) => readFile(new URL(name, import.meta.url), 'utf8')),
    );
    return script === undefined || style === undefined ? undefined : { script, style };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
