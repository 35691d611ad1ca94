// Builds a great many derivations while one machine after the other breaks: npm run soak -- --seed 7 [--builds 2000] [--every 2]
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { bundleToFolder } from '../test/support/action/bundle-setup.ts';
import { rerunAsRoot } from './provision/elevate.ts';
import { provisionFarm } from './provision/provision.ts';
import { isLevel } from './soak/resident-memory.ts';
import { runSoak } from './soak/run-soak.ts';

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

const bundleFolder = await bundleToFolder();
const soak = await runSoak({
  seed,
  builds: Number(values.builds),
  everySeconds: Number(values.every),
  keepalive: values.keepalive,
  timeoutMs: Number(values.minutes) * 60_000,
  bundleFolder,
  tell: (line) => console.log(line),
});
await rm(bundleFolder, { recursive: true });
if (values.log) console.log(soak.printed);

const isFlat = isLevel(soak.quarterMebibytes);
console.log(`\n${soak.table}\n`);
for (const { name, expected, outcome, message } of [...soak.lost, ...soak.misjudged]) {
  console.log(`${name}: expected ${expected}, got ${outcome}: ${message}`);
}
console.log(
  `${soak.builds} builds in ${soak.attempts} attempts, ${Math.round(soak.seconds)} s, ${soak.faults} faults: ` +
    `${soak.lost.length} lost, ${soak.misjudged.length} wrong classes`,
);
console.log(`The longest time in which no attempt ended: ${soak.longestQuietSeconds.toFixed(1)} s`);
const quarters = soak.quarterMebibytes.map((mebibytes) => `${Math.round(mebibytes)} MiB`).join(', ');
console.log(
  `Memory by quarter of the run: ${quarters}; at most ${Math.round(soak.peakMebibytes)} MiB${isFlat ? '' : ': it grows'}`,
);
process.exitCode = soak.lost.length + soak.misjudged.length === 0 && isFlat ? 0 : 1;
