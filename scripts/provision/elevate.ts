import { spawnSync } from 'node:child_process';
import { cacheFolder } from './cache-folder.ts';
import { searchPath } from './command.ts';
import { rootPrefix } from './packages.ts';

/**
 * Runs this very program again as root when a sudo that asks nothing allows it, and ends with its exit code.
 * Returns when we are root, or can't be.
 */
export async function rerunAsRoot(): Promise<void> {
  const prefix = await rootPrefix();
  if (prefix === undefined || prefix.length === 0) return;
  // sudo replaces PATH and HOME, by which Node and the trees are found.
  const kept = [`PATH=${searchPath()}`, `NIX_DISPATCH_FARM=${cacheFolder()}`];
  const again = [...prefix, '--preserve-env', 'env', ...kept, process.execPath, ...process.argv.slice(1)];
  const [file = '', ...args] = again;
  process.exit(spawnSync(file, args, { stdio: 'inherit' }).status ?? 1);
}
