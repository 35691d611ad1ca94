import { spawnSync } from 'node:child_process';
import { searchPath } from './command.ts';
import { missingPackages, ensurePackages } from './packages.ts';
import { ensureTrees, missingTrees } from './trees.ts';

/** Whether this machine can run real hosts now. */
export type FarmSupport = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Tells whether a farm can be started, without changing anything. */
export function farmSupport(): FarmSupport {
  if (process.platform !== 'linux') return { ok: false, reason: `needs Linux, this is ${process.platform}` };
  if (process.getuid?.() !== 0) return { ok: false, reason: 'needs root: run with sudo' };
  const packages = missingPackages();
  if (packages.length > 0) return { ok: false, reason: `needs the packages ${packages.join(' ')}` };
  const trees = missingTrees();
  if (trees.length > 0)
    return {
      ok: false,
      reason: `needs the trees for Nix ${trees.join(', ')}: run npm run farm -- up`,
    };
  return namespaceSupport();
}

/** Root in a container often lacks the rights that hosts need. */
function namespaceSupport(): FarmSupport {
  const probe = 'mount -t tmpfs probe /mnt && ip link add probe type bridge && ip link add type veth';
  const { status, stderr } = spawnSync('unshare', ['-m', '-n', '-p', '-f', 'sh', '-c', probe], {
    encoding: 'utf8',
    env: { PATH: searchPath() },
  });
  if (status === 0) return { ok: true };
  return { ok: false, reason: `needs the right to make namespaces, mounts and links: ${stderr.trim()}` };
}

/** Installs packages and builds trees, as far as this machine allows; a second call costs milliseconds. */
export async function provisionFarm(log: (line: string) => void): Promise<FarmSupport> {
  const packages = await ensurePackages(log);
  if (packages.kind === 'missing') return { ok: false, reason: packages.instruction };
  if (process.platform === 'linux' && process.getuid?.() === 0) await ensureTrees(log);
  return farmSupport();
}
