// What mode setup does for stock Nix: the same commands with its builders and with stock ssh-ng:// builders (docs/benchmarks.md).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFarm } from '../../test/support/farm/farm.ts';
import { provisionFarm } from '../provision/provision.ts';
import { atMost, median, reportCases, type BenchCase } from './case-report.ts';
import { installables, measure, runHook, runRemoteStore } from './dispatch/contenders.ts';
import { trivialBuilds, writeFlake } from './dispatch/flakes.ts';
import { openSite, type Site } from './dispatch/site.ts';
import { setUpJob } from './setup/job.ts';

const BUILDS = 100;
const ROUNDS = 3;

/** Both ways of stock Nix in turn, each on flakes of its own; seconds are medians of whole `nix build` processes. */
async function compare(folder: string, site: Site, name: string): Promise<BenchCase[]> {
  await using job = await setUpJob(folder, site);
  const seconds = {
    hook: [] as number[],
    stockHook: [] as number[],
    store: [] as number[],
    stockStore: [] as number[],
  };
  const environment = { NIX_CONFIG: job.nixConfig };
  for (let round = 0; round < ROUNDS; round += 1) {
    const flakes = await Promise.all([0, 1, 2, 3].map(() => writeFlake(folder, trivialBuilds(BUILDS))));
    const [one, two, three, four] = flakes;
    if (one === undefined || two === undefined || three === undefined || four === undefined) continue;
    const build = async (flake: typeof one, ...options: readonly string[]): Promise<number> =>
      (
        await measure(
          ['nix', 'build', '--no-link', ...options, ...installables(flake)],
          flake.folder,
          environment,
        )
      ).seconds;
    seconds.hook.push(await build(one));
    seconds.store.push(await build(two, '--eval-store', 'auto', '--store', job.stores[0] ?? ''));
    seconds.stockStore.push((await runRemoteStore(site, three)).seconds);
    if (round === 0) seconds.stockHook.push((await runHook(site, four)).seconds);
  }
  const summary = await job.finish();
  // Both ways of every round passed through the background process.
  if (!summary.includes(`${2 * ROUNDS * BUILDS} derivations built`)) {
    throw new Error(`expected the summary to tell of all builds, got:\n${summary.slice(0, 400)}`);
  }
  const [hook, stockHook, store, stockStore] = [
    seconds.hook,
    seconds.stockHook,
    seconds.store,
    seconds.stockStore,
  ].map(median);
  const ratio = (one = 0, other = 0): number => one / other;
  return [
    atMost(0.5, {
      bench: 'setup',
      case: `${BUILDS} builds ${name}, as builders ÷ stock ssh-ng:// builders`,
      value: ratio(hook, stockHook),
      unit: '×',
      details: { seconds: hook ?? 0, stockSeconds: stockHook ?? 0, setupSeconds: job.setupSeconds },
    }),
    {
      bench: 'setup',
      case: `${BUILDS} builds ${name}, as one remote store ÷ stock ssh-ng:// store`,
      value: ratio(store, stockStore),
      unit: '×',
      details: { seconds: store ?? 0, stockSeconds: stockStore ?? 0 },
    },
  ];
}

await provisionFarm(console.log);
const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-bench-'));
try {
  await using farm = await startFarm([
    { name: 'b1', nix: '2.34.8', maxJobs: 16 },
    { name: 'b2', nix: '2.26.3', maxJobs: 16 },
  ]);
  await using near = await openSite(farm, 4, 0);
  await using far = await openSite(farm, 4, 50);
  console.log('measuring on loopback …');
  const cases = await compare(folder, near, 'on loopback');
  console.log('measuring at 50 ms …');
  reportCases([...cases, ...(await compare(folder, far, 'at 50 ms'))]);
} finally {
  await rm(folder, { recursive: true });
}
