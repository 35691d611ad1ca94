import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atMost, type BenchCase } from '../case-report.ts';
import { compareOverhead } from './compare.ts';
import { runAction } from './contenders.ts';
import { layeredBuilds, trivialBuilds, writeFlake } from './flakes.ts';
import type { Site } from './site.ts';

const bench = 'dispatch';

/** Independent trivial builds, near and far, and layers of them. */
export async function overheadCases(folder: string, near: Site, far: Site): Promise<BenchCase[]> {
  const independent = await compareOverhead(folder, near, trivialBuilds(100), { rounds: 3, hookRounds: 1 });
  const remote = await compareOverhead(folder, far, trivialBuilds(100), { rounds: 2, hookRounds: 1 });
  const layers = await compareOverhead(folder, near, layeredBuilds(5, 20), { rounds: 2, hookRounds: 1 });
  const ratio = (name: string, goal: number, value: number, details: object): BenchCase =>
    atMost(goal, { bench, case: name, value, unit: '×', details: { ...details } });
  return [
    ratio('100 builds ÷ build hook', 1 / 12, independent.action / independent.hook, independent),
    ratio('100 builds ÷ one remote store', 0.9, independent.action / independent.remoteStore, {}),
    ratio('100 builds at 50 ms ÷ build hook', 1 / 25, remote.action / remote.hook, remote),
    ratio('100 builds at 50 ms ÷ one remote store', 1.1, remote.action / remote.remoteStore, {}),
    ratio('5 layers of 20 ÷ build hook', 1 / 12, layers.action / layers.hook, layers),
  ];
}

/** Builds that sleep one second: how close the slots come to being always full. */
export async function sleepCase(folder: string, site: Site, slots: number): Promise<BenchCase> {
  const builds = Array.from({ length: 200 }, () => ({ script: '/bin/sleep 1; echo > $out' }));
  const flake = await writeFlake(folder, builds);
  const { seconds } = await runAction(site, flake);
  const results = JSON.parse(
    await readFile(join(flake.folder, '.nix-dispatch/bench/results/results.json'), 'utf8'),
  ) as { builds: { startedAt: string; finishedAt: string }[] };
  const starts = results.builds.map(({ startedAt }) => Date.parse(startedAt));
  const ends = results.builds.map(({ finishedAt }) => Date.parse(finishedAt));
  const makespan = (Math.max(...ends) - Math.min(...starts)) / 1000;
  const bound = 200 / slots;
  return atMost(1.06, {
    bench,
    case: '200 sleeps of 1 s ÷ the bound',
    value: makespan / bound,
    unit: '×',
    details: { makespanSeconds: makespan, boundSeconds: bound, wholeProcessSeconds: seconds },
  });
}

/** A thousand jobs of which nothing is missing. */
export async function validCase(folder: string, site: Site): Promise<BenchCase> {
  const flake = await writeFlake(folder, trivialBuilds(1000));
  await runAction(site, flake);
  const { seconds, output } = await runAction(site, flake);
  const evaluation = Number(/evaluated in ([0-9.]+) s/.exec(output)?.[1]);
  return atMost(1, {
    bench,
    case: '1,000 valid jobs at 50 ms, beyond evaluation',
    value: seconds - evaluation,
    unit: 's',
    details: { wholeProcessSeconds: seconds, evaluationSeconds: evaluation },
  });
}
