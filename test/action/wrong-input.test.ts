import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { refusalOf } from '../support/action/refusal.ts';
import { createWorkspace, createWorkspaceWith, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
let workspace: Workspace;

beforeAll(async () => {
  farm = await startFarm([{ name: 'good' }]);
  workspace = await createWorkspace({ checks: { [hostSystem]: { hello: shellBuild({ name: 'hello' }) } } });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

/** What the action says, within a time that nobody takes for hanging. */
async function refusal(inputs: Readonly<Record<string, string>>, on = workspace): Promise<string> {
  const step = await on.run({ ...farmInputs(farm), ...inputs }, { timeoutMs: 30_000 });
  expect(step.outputs.get('success')).toBe('false');
  return refusalOf(step, [farm.clientKey]);
}

test('a repository without a flake is refused', async () => {
  await using empty = await createWorkspaceWith({ README: '' });
  const message = await refusal({}, empty);
  expect(message).toMatch(/^cannot read the flake \.: path '.*' is not part of a flake/);
  expect(message).toContain('\nCheck the flake input');
});

for (const mode of ['build', 'evaluate', 'setup']) {
  test(`without Nix, mode ${mode} says how to come by it`, async () => {
    const step = await workspace.run({ ...farmInputs(farm), mode }, { environment: { PATH: '/nowhere' } });
    expect(refusalOf(step)).toMatch(
      /^nix(?:-daemon)? cannot be started on this machine: there is none on the PATH\nInstall Nix in a step before/,
    );
  });
}

test('no input reaches a shell', async () => {
  const command = 'touch pwned';
  const flakes = [`.;${command}`, `$(${command})`, `\`${command}\``, `.?x=$(${command})`];
  const args = [`; ${command}`, '--option $(touch${IFS}pwned) x', `| ${command}`];
  const inputs = [...flakes.map((flake) => ({ flake })), ...args.map((nix_args) => ({ nix_args }))];
  for (const input of inputs) await workspace.run({ ...farmInputs(farm), ...input });
  expect(await readdir(join(workspace.folder, 'checkout'))).not.toContain('pwned');
});

test('a flake that does not parse is refused with the place of the fault', async () => {
  const text = '{\n  outputs = { self }: {\n    checks = ;\n  };\n}\n';
  await using broken = await createWorkspaceWith({ 'flake.nix': text });
  expect(await refusal({}, broken)).toBe(
    "the flake . does not evaluate: syntax error, unexpected ';' at flake.nix:3:14",
  );
});

test('7. a filter that is no jq is refused before anything is dispatched', async () => {
  const filter = '.top_attr == "checks" and';
  const message = await refusal({ filter_builds: filter });
  expect(message).toMatch(/^filter_builds is not valid jq: jq: error: syntax error, unexpected end of file/);
  expect(message).toContain(`\nThe expression is: ${filter}\n`);
});

test('a filter that is long, or tries to steer the log or a terminal, is told shortly and as text', async () => {
  const evil = `"\u001b[2J${'x'.repeat(2000)}" == =\n::error title=forged::pwned\n${'y'.repeat(3000)}`;
  const step = await workspace.run({ ...farmInputs(farm), filter_builds: evil }, { timeoutMs: 30_000 });
  const message = refusalOf(step);
  expect(message).toMatch(/^filter_builds is not valid jq: jq: error: syntax error, unexpected '='/);
  expect(message.length).toBeLessThan(2000);
  expect(step.printed.length).toBeLessThan(4000);
  expect(step.printed).not.toMatch(/\u001b/);
  expect(step.printed).not.toMatch(/^::error title=forged/m);
});

test('a filter that fails on an attribute is refused with both', async () => {
  expect(await refusal({ filter_builds: '.attr + 1' })).toBe(
    `filter_builds failed on checks.${hostSystem}.hello: jq: error: string ("hello") and number (1) cannot be added\nThe expression is: .attr + 1`,
  );
});

test('a machine line with nine columns is refused', async () => {
  const message = await refusal({ builders: `${farm.host('good').machineLine()} extra` });
  expect(message).toContain(
    'builders line 1, column 9: a machine line has at most 8 columns, got 9 ("extra"); lists have commas and no blanks',
  );
});

test('all faults of the inputs are listed together', async () => {
  const message = await refusal({
    fail_fast: 'maybe',
    build_timeout: 'soon',
    ssh_key: 'a secret that is no key',
    builders: 'ssh-ng://builder@host x86_64-linux - many\nftp://elsewhere',
  });
  expect(message.split('\n')).toEqual(
    expect.arrayContaining([
      expect.stringContaining('builders line 1, column 4 (max jobs): expected a whole number, got "many"'),
      expect.stringMatching(/builders line 2, column 1 \(store URI\): expected .*, got "ftp:\/\/elsewhere"/),
      expect.stringContaining('ssh_key: expected an unencrypted private key'),
      expect.stringContaining('fail_fast: expected true or false; got "maybe"'),
      expect.stringContaining('build_timeout: expected a duration'),
    ]),
  );
  expect(message).not.toContain('a secret');
});
