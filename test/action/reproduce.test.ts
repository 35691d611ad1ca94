import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCommand, searchPath } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm } from '../support/farm/farm.ts';
import { RenderedMarkdown } from '../support/report/rendered-markdown.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

/** Names that a shell, a flake reference or Nix would each read as something else. */
const names = [
  'plain',
  'two words',
  'dotted.name',
  'quo"ted',
  "it's",
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned #',
  '${builtins.abort "x"}',
  '%41&b?c=d#e^*',
  'ünï 💥',
  '--help',
  'back\\slash',
];

test('the commands of a summary repeat the builds that failed, whatever they are called', async () => {
  await using farm = await startFarm([{ name: 'b1', nix: '2.26.3' }]);
  const build = (name: string, index: number) =>
    [name, shellBuild({ name: `broken-${index}`, script: `echo "it broke: ${index}"; exit 3` })] as const;
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: Object.fromEntries(names.map(build)) },
  });
  const step = await workspace.run(farmInputs(farm));
  expect(step.exitCode, step.printed).toBe(1);

  const commands = new RenderedMarkdown(step.summary)
    .texts('pre')
    .filter((text) => text.startsWith('nix build '));
  expect(commands).toHaveLength(names.length);
  const checkout = join(workspace.folder, 'checkout');
  const before = await readdir(checkout);
  const broke = new Set<string>();
  for (const command of commands) {
    const env = { ...runnerNixEnv(), PATH: searchPath(), HOME: join(workspace.folder, 'home') };
    const { code, stderr } = await runCommand(['sh', '-c', command], { cwd: checkout, env });
    expect(code, `${command}\n${stderr}`).toBe(1);
    expect(stderr, command).toMatch(/it broke: \d+\n/);
    broke.add(/it broke: (\d+)/.exec(stderr)?.[1] ?? '');
  }
  expect(broke.size).toBe(names.length);
  expect(await readdir(checkout)).toEqual(before);
});
