import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleAction } from '../../../scripts/bundle/action.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the bundle that the tests of the action start. */
    readonly bundleFolder: string;
  }
}

/** Bundles the sources as they are now, once for all tests of a run: dist may lag behind while one works on src. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await bundleToFolder();
  provide('bundleFolder', folder);
  return () => rm(folder, { recursive: true });
}

/** Bundles the sources as they are now; resolves with a folder of its own. */
export async function bundleToFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-dist-'));
  for (const { name, contents } of await bundleAction()) {
    await writeFile(join(folder, name), contents);
  }
  // In the repository, package.json says that dist holds ES modules.
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return folder;
}
