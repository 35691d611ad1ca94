import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { foreignSystem, shellBuild } from '../support/action/flake.ts';
import { jobsOf } from '../support/action/reading.ts';
import { createWorkspace, type ActionInputs, type Workspace } from '../support/action/workspace.ts';
import { codeBlocks, sectionOf } from '../support/documents/code-blocks.ts';
import { literalInputs, usesIn } from '../support/documents/uses.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { startService } from '../support/nixbuild/service.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

// The pages name systems, so these are the same on every machine.
const intel = 'x86_64-linux';
const arm = 'aarch64-linux';
const on = (system: string, name: string) => shellBuild({ name, system });

let farm: Farm;
let workspace: Workspace;

beforeAll(async () => {
  farm = await startFarm([{ name: 'b1', extraPlatforms: [foreignSystem] }]);
  const toplevel = `{ config.system.build.toplevel = ${on(arm, 'machine')}; }`;
  workspace = await createWorkspace({
    checks: { [intel]: { hello: on(intel, 'hello') }, [arm]: { hello: on(arm, 'hello-arm') } },
    packages: {
      [intel]: { tool: on(intel, 'tool'), other: on(intel, 'other') },
      [arm]: { tool: on(arm, 'tool-arm'), other: on(arm, 'other-arm') },
    },
    devShells: { [intel]: { default: on(intel, 'shell') } },
    hydraJobs: { tests: { deep: `{ ${intel} = ${on(intel, 'deep')}; }` } },
    nixosConfigurations: { machine: { config: `(${toplevel}).config` } },
  });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

/** Inputs of the first file that a page has under "After". */
async function inputsAfter(page: string): Promise<ActionInputs> {
  const text = await readFile(join(import.meta.dirname, `../../docs/migrate/${page}.md`), 'utf8');
  const [block = ''] = codeBlocks(sectionOf(text, '## After'), 'yaml');
  const [use] = usesIn(parse(block));
  expect(use).toBeDefined();
  return use === undefined ? {} : literalInputs(use);
}

/** Attribute paths of what the action selects with these inputs; all of it has to be built. */
async function builtWith(inputs: ActionInputs): Promise<readonly string[]> {
  const step = await workspace.run(inputs);
  expect(step.exitCode, step.printed).toBe(0);
  return Object.keys(jobsOf(step)).sort();
}

const pages = [
  [
    'garnix',
    [`nixosConfigurations.${arm}.machine`, `packages.${arm}.tool`, ...ofIntel(['checks', 'packages'])],
  ],
  ['hydra', [`hydraJobs.${intel}.tests.deep`]],
  ['matrix', [`checks.${intel}.hello`]],
  ['builders-setting', [`packages.${arm}.tool`, `packages.${intel}.tool`]],
] as const;

function ofIntel(topAttrs: readonly string[]): readonly string[] {
  const all = [`checks.${intel}.hello`, `packages.${intel}.other`, `packages.${intel}.tool`];
  return all.filter((path) => topAttrs.some((topAttr) => path.startsWith(topAttr)));
}

for (const [page, selected] of pages) {
  test(`docs/migrate/${page}.md: the file after builds what the file before built`, async () => {
    const inputs = await inputsAfter(page);
    expect(inputs['builders']).toContain('ssh-ng://');
    expect(await builtWith({ ...inputs, ...farmInputs(farm) })).toEqual([...selected].sort());
  });
}

test('docs/migrate/nixbuild-action.md: a token is enough, packages and checks are built', async () => {
  await using service = await startService(farm.host('b1'), farm.clientKey);
  const inputs = await inputsAfter('nixbuild-action');
  const built = await builtWith({ ...inputs, ...service.inputs, nixbuild_token: service.token });
  expect(built).toEqual(
    [
      `checks.${arm}.hello`,
      `packages.${arm}.other`,
      `packages.${arm}.tool`,
      ...ofIntel(['checks', 'packages']),
    ].sort(),
  );
  expect(service.sessions.length).toBeGreaterThan(0);
});

test('docs/migrate/hydra.md: its machines file is understood as it is; what this machine lacks is the key file', async () => {
  const text = await readFile(join(import.meta.dirname, '../../docs/migrate/hydra.md'), 'utf8');
  const [machines = ''] = codeBlocks(sectionOf(text, '## Before'), 'text');
  const step = await workspace.run({ builders: machines, top_attrs: 'hydraJobs', filter_builds: 'true' });
  expect(step.exitCode).toBe(1);
  expect(step.printed).not.toContain('Inputs are wrong');
  expect(step.printed).toContain('/etc/hydra/key');
});
