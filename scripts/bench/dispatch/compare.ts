import { median } from '../case-report.ts';
import { runAction, runHook, runRemoteStore } from './contenders.ts';
import { writeFlake, type BenchBuild } from './flakes.ts';
import type { Site } from './site.ts';

/** Seconds that each contender took for the same work. */
export interface Overheads {
  readonly action: number;
  readonly hook: number;
  readonly remoteStore: number;
}

/** Runs the contenders in turn, each on a flake of its own with the same builds; medians of whole processes. */
export async function compareOverhead(
  folder: string,
  site: Site,
  builds: readonly BenchBuild[],
  { rounds, hookRounds }: { readonly rounds: number; readonly hookRounds: number },
): Promise<Overheads> {
  const seconds = { action: [] as number[], hook: [] as number[], remoteStore: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    seconds.action.push((await runAction(site, await writeFlake(folder, builds))).seconds);
    seconds.remoteStore.push((await runRemoteStore(site, await writeFlake(folder, builds))).seconds);
    if (round < hookRounds)
      seconds.hook.push((await runHook(site, await writeFlake(folder, builds))).seconds);
  }
  return {
    action: median(seconds.action),
    hook: median(seconds.hook),
    remoteStore: median(seconds.remoteStore),
  };
}
