// Gives everything that reads bytes of strangers millions of inputs: npm run fuzz -- --help
import { parseArgs } from 'node:util';
import { Finding, takeInput } from './fuzz/campaign.ts';
import type { FuzzTarget } from './fuzz/target.ts';
import { TARGETS } from './fuzz/targets.ts';
import { runWatched } from './fuzz/watched-campaign.ts';

const USAGE = `usage: npm run fuzz -- [option…]
  --inputs N      inputs of all targets together (default 10000000)
  --seed N        the same seed gives the same inputs (default 1)
  --target NAME   only this one: ${TARGETS.map(({ name }) => name).join(', ')}
  --threads N     targets at the same time (default 1)
  --input BASE64  one input, as a finding prints it; needs --target`;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string' },
    threads: { type: 'string', default: '1' },
    input: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const chosen = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
const [inputs, seed, threads] = [values.inputs, values.seed, values.threads].map(Number);
if (values.help || chosen.length === 0 || !Number.isInteger(seed) || !(Number(inputs) > 0)) {
  console.error(USAGE);
  process.exit(2);
}
if (values.input === undefined) await fuzz(chosen, Number(inputs), Number(seed), Number(threads));
else {
  const [target] = chosen;
  if (target !== undefined) console.log(await takeInput(target, Buffer.from(values.input, 'base64')));
}

async function fuzz(
  targets: readonly FuzzTarget[],
  total: number,
  seed: number,
  threads: number,
): Promise<void> {
  const began = performance.now();
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  console.log('| target | inputs | a second | different endings | slowest input | memory |');
  console.log('| ------ | -----: | -------: | ----------------: | ------------: | -----: |');
  const waiting = [...targets];
  let findings = 0;
  let taken = 0;
  const work = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const { name, share } = target;
      try {
        const count = Math.ceil((total * share) / shares);
        const result = await runWatched({ target: name, seed, inputs: count });
        taken += result.inputs;
        const speed = Math.round(result.inputs / result.seconds);
        const slowest = result.slowestMs === 0 ? 'under 100 ms' : `${Math.round(result.slowestMs)} ms`;
        const memory = `${Math.round(result.peakResidentBytes / 2 ** 20)} MiB`;
        console.log(`| ${name} | ${result.inputs} | ${speed} | ${result.endings} | ${slowest} | ${memory} |`);
      } catch (error) {
        if (!(error instanceof Finding)) throw error;
        findings += 1;
        console.log(`\nFINDING in ${name}, seed ${seed}: ${error.message}`);
        console.log(
          `npm run fuzz -- --target ${name} --input ${Buffer.from(error.input).toString('base64')}\n`,
        );
      }
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`\n${taken} inputs in ${seconds} s with seed ${seed}: ${findings} findings`);
  process.exitCode = findings === 0 ? 0 : 1;
}
