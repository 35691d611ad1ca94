import { actionEntryPoints, bundle, root, type BundledFile } from './bundle.ts';
import { reportPageFiles } from './report-page.ts';

/** Every file of `dist`: the action's code, and the page that reports are made of. */
export async function bundleAction(): Promise<readonly BundledFile[]> {
  const [code, page] = await Promise.all([bundle(actionEntryPoints), reportPageFiles(root)]);
  return [...code, ...page];
}
