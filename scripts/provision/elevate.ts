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
  // Root's own home, so that nothing in the caller's comes to belong to root; Node and the trees are found all the same.
  const kept = [`PATH=${searchPath()}`, `NIX_DISPATCH_FARM=${cacheFolder()}`];
  const again = [
    ...prefix,
    '--preserve-env',
    '--set-home',
    'env',
    ...kept,
    process.execPath,
    ...process.argv.slice(1),
  ];
  const [file = '', ...args] = again;
  process.exit(spawnSync(file, args, { stdio: 'inherit' }).status ?? 1);
}
