import { join } from 'node:path';
import { build, type OutputFile, type Plugin } from 'esbuild';
import { licenceTexts } from './licences.ts';
import { leftOutModules } from './left-out-modules.ts';

/** Root of the repository. */
export const root = join(import.meta.dirname, '..', '..');

/** Where the committed bundle lies. */
export const distFolder = join(root, 'dist');

const banner = [
  "import { createRequire as nixDispatchCreateRequire } from 'node:module';",
  "import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';",
  'const require = nixDispatchCreateRequire(import.meta.url);',
  'const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);',
  "const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));",
].join('\n');

/** A file of the bundle, named relative to the folder that it goes to. */
export interface BundledFile {
  readonly name: string;
  readonly contents: Uint8Array;
}

/**
 * Bundles entry points for Node 20 as ES modules, with shared and lazily imported code in chunks of its own. All files
 * lie in one folder: a worker's file is then beside whatever chunk starts it. The same sources give the same bytes.
 */
export async function bundle(
  entryPoints: Readonly<Record<string, string>>,
  plugins: readonly Plugin[] = [leftOutModules],
): Promise<readonly BundledFile[]> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { ...entryPoints },
    outdir: distFolder,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    chunkNames: 'chunk-[hash]',
    legalComments: 'none',
    banner: { js: banner },
    // Packages written for CommonJS use these names, which ES modules lack.
    define: { __filename: 'nixDispatchFilename', __dirname: 'nixDispatchDirname' },
    plugins: [...plugins],
    logLevel: 'warning',
  });
  const licences = await licenceTexts(root, Object.keys(result.metafile.inputs));
  return [
    ...result.outputFiles.map(asBundledFile),
    { name: 'licenses.txt', contents: new TextEncoder().encode(licences) },
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function asBundledFile({ path, contents }: OutputFile): BundledFile {
  return { name: path.slice(distFolder.length + 1), contents };
}

/** The entry points of the action. */
export const actionEntryPoints = {
  index: 'src/index.ts',
  post: 'src/post.ts',
  background: 'src/background.ts',
  'filter-worker': 'src/flake/filter/filter-worker.ts',
} as const;
