import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { commitAll, createActHome, type ActHome } from '../support/action/act.ts';
import { codeBlocks, sectionOf } from '../support/documents/code-blocks.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { flakeText, hostSystem, shellBuild } from '../support/action/flake.ts';
import { startFarm } from '../support/farm/farm.ts';
import { act, farm as farmRequirement, requires } from '../support/requirements.ts';

const root = join(import.meta.dirname, '../..');

const { test } = requires(farmRequirement, act);

/** Folders that the artifacts of a run were written to; what act works in is gone by the end. */
function keptFolders(output: string): readonly string[] {
  return [...output.matchAll(/::set-output:: artifact_dir=(.*)/g)].map(([, path = '']) => path);
}

/** Somebody's repository: a flake with a check and a package, and this workflow. */
async function repositoryWith(home: ActHome, workflow: string): Promise<string> {
  const folder = join(home.folder, 'mine');
  await mkdir(join(folder, '.github/workflows'), { recursive: true });
  const flake = flakeText(
    {
      checks: { [hostSystem]: { works: shellBuild({ name: 'works' }) } },
      packages: { [hostSystem]: { tool: shellBuild({ name: 'tool' }) } },
    },
    randomUUID(),
  );
  await writeFile(join(folder, 'flake.nix'), flake);
  await writeFile(join(folder, '.github/workflows/nix.yml'), workflow);
  await commitAll(folder);
  return folder;
}

/** The only block of a language, or that at `index`, in a section of a document. */
async function blockOf(document: string, heading: string, language: string, index = 0): Promise<string> {
  const text = await readFile(join(root, document), 'utf8');
  return codeBlocks(sectionOf(text, heading), language)[index] ?? '';
}

test('act runs the example, as a step and through the reusable workflow, on real builders', async () => {
  await using farm = await startFarm([
    { name: 'b1', nix: '2.34.8' },
    { name: 'b2', nix: '2.8.0' },
  ]);
  await using home = await createActHome();
  const inputs = farmInputs(farm);
  const { code, output } = await home.run(
    `act workflow_dispatch --workflows=.github/workflows/example.yml --platform=ubuntu-24.04=-self-hosted \
      --input=builders="$BUILDERS" --input=known_hosts="$KNOWN_HOSTS" --secret=SSH_KEY`,
    home.published,
    { BUILDERS: inputs['builders'] ?? '', KNOWN_HOSTS: inputs['known_hosts'] ?? '', SSH_KEY: farm.clientKey },
  );
  expect(output).toContain('success is true, results are {"checks":{"x86_64-linux":');
  expect(output.match(/Job succeeded/g), output).toHaveLength(3);
  expect(output).not.toContain('PRIVATE KEY');
  expect(code).toBe(0);
  const kept = keptFolders(output);
  expect(kept).toHaveLength(2);
  for (const path of kept) expect(await readdir(path)).toEqual(['logs', 'results', 'summary.md']);
});

test("the README's command runs the README's workflow in somebody's repository", async () => {
  await using farm = await startFarm([{ name: 'b1' }]);
  await using home = await createActHome();
  const { builders, known_hosts, ssh_key = '' } = farmInputs(farm);
  const workflow = parse(await blockOf('README.md', '# nix-dispatch', 'yaml')) as {
    jobs: { nix: { with: Record<string, unknown> } };
  };
  Object.assign(workflow.jobs.nix.with, { builders, known_hosts });
  const folder = await repositoryWith(home, stringify(workflow));
  await writeFile(join(home.folder, 'key'), ssh_key, { mode: 0o600 });
  const command = await blockOf('README.md', '## Under act', 'sh');
  expect(command).toContain('"$(cat KEY)"');
  const { code, output } = await home.run(command.replace('KEY)', '../key)'), folder, {});
  expect(code, output).toBe(0);
  expect(output).toContain('using the action of OWNER/nix-dispatch at v1');
  // The machine's own Nix stays as it is.
  expect(output).not.toContain('an action of others ran');
  expect(output).not.toContain('PRIVATE KEY');
  const [kept = '', ...others] = keptFolders(output);
  expect(others).toEqual([]);
  expect(await readFile(join(kept, 'summary.md'), 'utf8')).toMatch(/works[^]*tool|tool[^]*works/);
  expect(kept).toContain(join(home.folder, '.cache/nix-dispatch'));
});

const actPush = 'act push -W .github/workflows/nix.yml -P ubuntu-24.04=-self-hosted';

test("nixbuild-action's best-known example runs with only `uses` changed, on the runner where there is no token", async () => {
  await using home = await createActHome();
  const workflow = await blockOf('docs/migrate/nixbuild-action.md', '## After', 'yaml');
  const folder = await repositoryWith(home, workflow);
  const { code, output } = await home.run(actPush, folder, {});
  expect(code, output).toBe(0);
  const [kept = ''] = keptFolders(output);
  const summary = await readFile(join(kept, 'summary.md'), 'utf8');
  expect(summary).toContain('works');
  expect(summary).toContain('tool');
});

test('a matrix takes its list from one evaluation and leaves out what is there already', async () => {
  await using home = await createActHome();
  const folder = await repositoryWith(home, await blockOf('docs/migrate/matrix.md', '## After', 'yaml', 1));
  // act's runner is this machine, whose store is what `cached` tells of.
  const first = await home.run(actPush, folder, {});
  expect(first.code, first.output).toBe(0);
  expect(first.output).toContain('nix build --print-build-logs ".#$ATTRIBUTE"');
  const second = await home.run(actPush, folder, {});
  expect(second.code, second.output).toBe(0);
  expect(second.output).not.toContain('nix build --print-build-logs');
});

/** Runs the steps that a document shows with `mode: setup`, on a builder, in a job of somebody's repository. */
async function runSteps(steps: string): Promise<string> {
  await using farm = await startFarm([{ name: 'b1' }]);
  await using home = await createActHome();
  const { builders, known_hosts, ssh_key = '' } = farmInputs(farm);
  const address = farm.host('b1').address;
  const own = parse(steps.replaceAll('big.example.org', address)) as { with?: Record<string, unknown> }[];
  const setup = own.find((step) => step.with?.['mode'] === 'setup');
  Object.assign(setup?.with ?? {}, { builders, known_hosts });
  const job = { 'runs-on': 'ubuntu-24.04', steps: own };
  const folder = await repositoryWith(home, stringify({ on: 'push', jobs: { job } }));
  const environment = { BUILDER_SSH_KEY: ssh_key };
  const { code, output } = await home.run(`${actPush} -s BUILDER_SSH_KEY`, folder, environment);
  expect(code, output).toBe(0);
  expect(output).not.toContain('PRIVATE KEY');
  return output;
}

test('docs/migrate/builders-setting.md: nix flake check builds on the builders of mode setup', async () => {
  const block = await blockOf('docs/migrate/builders-setting.md', '## After', 'yaml', 1);
  const { steps } = parse(block) as { steps: unknown };
  // What the step after the job saw on the wire.
  expect(await runSteps(stringify(steps))).toMatch(/\| ✅ 1 derivation built/);
});

test('docs/setup.md: builders are used as builders, and as stores', async () => {
  const [block = ''] = codeBlocks(await readFile(join(root, 'docs/setup.md'), 'utf8'), 'yaml');
  const { jobs } = parse(block) as { jobs: { nix: { steps: unknown } } };
  const steps = stringify(jobs.nix.steps)
    .replace('.#site', `.#checks.${hostSystem}.works`)
    .replace('.#tests', `.#packages.${hostSystem}.tool`);
  expect(await runSteps(steps)).toMatch(/\| ✅ 2 derivations built/);
});
