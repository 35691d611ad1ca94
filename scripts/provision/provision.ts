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
  return { ok: true };
}

/** Installs packages and builds trees, as far as this machine allows; a second call costs milliseconds. */
export async function provisionFarm(log: (line: string) => void): Promise<FarmSupport> {
  const packages = await ensurePackages(log);
  if (packages.kind === 'missing') return { ok: false, reason: packages.instruction };
  if (process.platform === 'linux' && process.getuid?.() === 0) await ensureTrees(log);
  return farmSupport();
}
