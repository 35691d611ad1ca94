// Evaluation on flakes that it generates itself, beside stock Nix. Arguments: the parts to run (mixed shared memory streaming); all by default.
import { provisionFarm } from '../provision/provision.ts';
import { NIX_VERSIONS } from '../provision/trees.ts';
import { rerunAsRoot } from '../provision/elevate.ts';
import { reportCases, type BenchCase } from './case-report.ts';
import { mixedCases } from './evaluation/mixed.ts';
import { memoryCases, sharedCases } from './evaluation/single-cases.ts';
import { streamingCases } from './evaluation/streaming.ts';

await rerunAsRoot();
const farm = await provisionFarm(console.log);
if (!farm.ok) throw new Error(`this benchmark runs several versions of Nix: ${farm.reason}`);

const newest = NIX_VERSIONS[NIX_VERSIONS.length - 1] ?? '2.34.8';
const parts: Readonly<Record<string, () => Promise<readonly BenchCase[]>>> = {
  mixed: () => mixedCases(NIX_VERSIONS),
  shared: () => sharedCases(newest),
  memory: () => memoryCases(newest),
  streaming: streamingCases,
};

const wanted = process.argv.slice(2);
const cases: BenchCase[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name)) cases.push(...(await measure()));
}
reportCases(cases);
