// What dispatching costs, beside Nix's own ways, on real hosts (docs/benchmarks.md).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFarm } from '../../test/support/farm/farm.ts';
import { provisionFarm } from '../provision/provision.ts';
import { reportCases, type BenchCase } from './case-report.ts';
import { largeCopy, smallCopies } from './dispatch/copies.ts';
import { overheadCases, sleepCase, validCase } from './dispatch/runs.ts';
import { openSite } from './dispatch/site.ts';

/** Names of cases on the command line leave out the others. */
const wanted = process.argv.slice(2);
const cases: BenchCase[] = [];

async function group(name: string, run: () => Promise<readonly BenchCase[]>): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  console.log(`measuring ${name} …`);
  cases.push(...(await run()));
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
  await using wide = await openSite(farm, 8, 0);
  await group('overhead', () => overheadCases(folder, near, far));
  await group('sleep', async () => [await sleepCase(folder, wide, 16)]);
  await group('valid', async () => [await validCase(folder, far)]);
  await group('small', async () => [
    await smallCopies(farm, far, 100, 1 / 12),
    await smallCopies(farm, far, 500, 1 / 25),
  ]);
  await group('large', async () => [
    ...(await largeCopy(farm, near, 512)),
    ...(await largeCopy(farm, near, 2048)),
  ]);
  reportCases(cases);
} finally {
  await rm(folder, { recursive: true });
}
