// Builds the bundle that runners execute. With --check it writes nothing and says whether dist is what src builds.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleAction } from './bundle/action.ts';
import { distFolder, type BundledFile } from './bundle/bundle.ts';

const files = await bundleAction();
if (process.argv.includes('--check')) await check(files);
else await write(files);

async function write(files: readonly BundledFile[]): Promise<void> {
  await rm(distFolder, { recursive: true, force: true });
  await mkdir(distFolder, { recursive: true });
  for (const { name, contents } of files) await writeFile(join(distFolder, name), contents);
  const bytes = files.reduce((sum, { contents }) => sum + contents.length, 0);
  console.log(`dist: ${files.length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB`);
}

async function check(files: readonly BundledFile[]): Promise<void> {
  const built = new Map(files.map(({ name, contents }) => [name, contents]));
  const present: readonly string[] = await readdir(distFolder).catch(() => []);
  const faults = present.filter((name) => !built.has(name)).map((name) => `${name} does not belong there`);
  for (const [name, contents] of built) {
    if (!present.includes(name)) faults.push(`${name} is missing`);
    else if (!(await readFile(join(distFolder, name))).equals(contents)) faults.push(`${name} differs`);
  }
  if (faults.length === 0) return;
  console.error(`dist is not what src builds: ${faults.join(', ')}.\nRun npm run build and commit dist.`);
  process.exitCode = 1;
}
