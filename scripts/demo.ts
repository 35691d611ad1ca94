// Shows the action at work: real builders on this machine, the bundle of dist, and the flake in examples/demo.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { startFarm } from '../test/support/farm/farm.ts';
import { parseOutputs } from './demo/outputs.ts';
import { runAction, type ActionInputs } from './demo/run-action.ts';
import { rerunAsRoot } from './provision/elevate.ts';
import { provisionFarm } from './provision/provision.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.nix-dispatch');
const outputFile = join(folder, 'demo-outputs');
const otherSystem = process.arch === 'arm64' ? 'x86_64-linux' : 'aarch64-linux';

await rerunAsRoot();
const support = await provisionFarm(console.log);
await mkdir(folder, { recursive: true });
await writeFile(outputFile, '');
const exitCode = await (support.ok ? buildOnFarm() : buildHere(support.reason));
await explain(exitCode);

async function buildOnFarm(): Promise<number> {
  await using farm = await startFarm([
    { name: 'b1', nix: '2.34.8' },
    { name: 'b2', nix: '2.26.3' },
    { name: 'b3', nix: '2.8.0', extraPlatforms: [otherSystem] },
  ]);
  for (const { name, address, options } of farm.hosts) {
    console.log(`builder ${name}: ${address}, Nix ${options.nix}`);
  }
  return await build({
    builders: farm.hosts.map((host) => host.machineLine({ hostKey: false })).join('\n'),
    known_hosts: await readFile(farm.knownHostsPath, 'utf8'),
    ssh_key: farm.clientKey,
  });
}

function buildHere(reason: string): Promise<number> {
  console.log(`No builders of their own on this machine: ${reason}.`);
  console.log('Everything is built by this machine’s own Nix instead, which is the default builder, local.');
  return build({ builders: 'local' });
}

function build(builders: ActionInputs): Promise<number> {
  return runAction(root, outputFile, {
    flake: './examples/demo',
    filter_builds: '.top_attr == "packages" or .top_attr == "checks"',
    cost_per_cpu_hour: '0.12',
    artifact_prefix: 'demo',
    ...builders,
  });
}

/** Says where everything lies, and whether the run went as it should: the flake has one build that fails on purpose. */
async function explain(exitCode: number): Promise<void> {
  const outputs = parseOutputs(await readFile(outputFile, 'utf8'));
  const kept = outputs.get('artifact_dir');
  if (kept === undefined || outputs.get('success') !== 'false' || exitCode !== 1) {
    console.error(`expected a run with one failed build and its report; the action ended with ${exitCode}`);
    process.exitCode = 1;
    return;
  }
  const place = relative(root, kept);
  console.log(`
One build failed on purpose, so the action ended with exit code 1.
  summary as GitHub would show it   ${join(place, 'summary.md')}
  log of each build                 ${join(place, 'logs')}
  results                           ${join(place, 'results', 'results.json')}
  outputs of the step               ${relative(root, outputFile)}`);
}
