// Builds a great many derivations while one machine after the other breaks: npm run soak -- --seed 7 [--builds 2000] [--every 2]
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createRandomStream } from '../src/dispatch/simulate/random.ts';
import { bundleToFolder } from '../test/support/action/bundle-setup.ts';
import { farmInputs } from '../test/support/action/farm-inputs.ts';
import { hostSystem } from '../test/support/action/flake.ts';
import { createWorkspace } from '../test/support/action/workspace.ts';
import { startFarm } from '../test/support/farm/farm.ts';
import { resultsOf } from '../test/support/faults/run-results.ts';
import { rerunAsRoot } from './provision/elevate.ts';
import { provisionFarm } from './provision/provision.ts';
import { quarterMedians, watchMemory } from './soak/resident-memory.ts';
import { drawBuilds, silenceSeconds } from './soak/soak-builds.ts';
import { strikeAgainAndAgain } from './soak/soak-faults.ts';
import { soakTable, tallyStrikes, wrongEnds } from './soak/soak-verdict.ts';

/** Growth of the median from the second quarter of a run to the last that still counts as flat. */
const mostGrowth = 1.25;

await rerunAsRoot();
const provisioned = await provisionFarm(console.log);
if (!provisioned.ok) throw new Error(`Real Nix hosts are needed: ${provisioned.reason}`);

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    builds: { type: 'string', default: '2000' },
    every: { type: 'string', default: '2' },
    keepalive: { type: 'string', default: '10s' },
    minutes: { type: 'string', default: '60' },
    log: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
console.log(
  `Seed ${seed}: ${values.builds} builds, a fault every ${values.every} s, keepalive ${values.keepalive}`,
);

const { checks, expected } = drawBuilds(Number(values.builds), createRandomStream(seed));
const bundleFolder = await bundleToFolder();
await using farm = await startFarm([
  { name: 'b1', nix: '2.34.8', maxJobs: 4 },
  { name: 'b2', nix: '2.26.3', maxJobs: 4 },
  { name: 'b3', nix: '2.8.0', maxJobs: 4, diskMib: 512 },
]);
await using workspace = await createWorkspace({ checks: { [hostSystem]: checks } });
const inputs = {
  ...farmInputs(farm),
  keepalive: values.keepalive,
  max_silent_time: `${silenceSeconds}s`,
  // A fault every 2 s hits each of three machines every 6 s: by chance alone some builds are hit more often than 3 times.
  infra_retries: '20',
};
const step = await workspace.start(inputs, { bundleFolder, timeoutMs: Number(values.minutes) * 60_000 });
const memory = watchMemory(step.pid);
await step.untilPrinted('building on');
const over = new AbortController();
const striking = strikeAgainAndAgain(
  farm.hosts,
  Number(values.every),
  createRandomStream(seed + 1),
  over.signal,
);
const ended = await step.finished.finally(() => over.abort());
memory.stop();
const strikes = await striking;
await rm(bundleFolder, { recursive: true });
if (values.log) console.log(ended.printed);

const results = resultsOf(ended);
const wrong = wrongEnds(results, expected);
const medians = quarterMedians(memory.samples);
const isFlat = (medians[3] ?? 0) <= (medians[1] ?? 0) * mostGrowth;
const lost = wrong.filter(({ outcome }) => ['unknown', 'cancelled', 'infrastructure'].includes(outcome));

console.log(`\n${soakTable(tallyStrikes(results, strikes, wrong))}\n`);
for (const { name, expected, outcome, message } of wrong) {
  console.log(`${name}: expected ${expected}, got ${outcome}: ${message}`);
}
const attempts = results.builds.reduce((sum, build) => sum + build.attempts.length, 0);
console.log(
  `${expected.size} builds in ${attempts} attempts, ${Math.round(ended.seconds)} s, ${strikes.length} faults: ` +
    `${lost.length} lost, ${wrong.length - lost.length} wrong classes`,
);
console.log(
  `Memory by quarter of the run: ${medians.map((mebibytes) => `${Math.round(mebibytes)} MiB`).join(', ')}${isFlat ? '' : ': it grows'}`,
);
process.exitCode = wrong.length === 0 && isFlat ? 0 : 1;
