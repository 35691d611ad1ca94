import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { findExecutable } from '../../scripts/provision/command.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { createLibraryWorkspace } from '../support/action/library-flake.ts';
import { annotationsOf, jobsOf } from '../support/action/reading.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

// The programs themselves come from no package registry: stand-ins take what they take, and push with Nix.
const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nix-dispatch-tools-'));
  farm = await startFarm([{ name: 'b1' }]);
});
afterAll(async () => {
  await farm[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

/** A program that notes its arguments, its token and its environment, and does the rest. */
async function standIn(
  name: string,
  rest: string,
): Promise<{ readonly folder: string; readonly seen: string }> {
  const folder = await mkdtemp(join(scratch, `${name}-`));
  const seen = join(folder, 'seen');
  const script = `#!/bin/sh\necho "$* token=$CACHIX_AUTH_TOKEN" >> ${seen}\nenv > ${seen}.environment\nshift 2\n${rest}\n`;
  await writeFile(join(folder, name), script, { mode: 0o755 });
  return { folder, seen };
}

async function push(push_to: string, folder: string): Promise<StepResult> {
  await using workspace = await createLibraryWorkspace();
  const environment = { PATH: `${folder}:${process.env['PATH']}`, CACHIX_AUTH_TOKEN: 'the-token' };
  return await workspace.run({ ...farmInputs(farm), push_to, push_required: 'true' }, { environment });
}

for (const [name, push_to, cache] of [
  ['cachix', 'cachix:ours', 'ours'],
  ['attic', 'attic:ci:ours', 'ci:ours'],
] as const) {
  test(`${name} pushes what was built, out of the runner's store`, async () => {
    const nixStore = findExecutable('nix-store');
    const { folder, seen } = await standIn(name, `exec ${nixStore} --query --references "$@" > /dev/null`);
    const step = await push(push_to, folder);
    expect(step.exitCode, step.printed).toBe(0);
    expect(step.annotations).toEqual([]);
    const calls = await readFile(seen, 'utf8');
    expect(calls).toMatch(new RegExp(`^push ${cache} /nix/store/\\S+`));
    expect(calls).toContain('token=the-token');
    for (const { outputs = {} } of Object.values(jobsOf(step))) expect(calls).toContain(outputs['out']);
    expect(step.printed).not.toContain('the-token');
    // Our inputs, the key among them, are none of its business.
    expect(await readFile(`${seen}.environment`, 'utf8')).not.toMatch(/^(?:INPUT|ACTIONS)_/m);
  });
}

test('says what the program said, and what to do where there is none', async () => {
  const { folder } = await standIn('cachix', 'echo "You are not authenticated." >&2; exit 1');
  const refused = await push('cachix:ours', folder);
  expect(refused.exitCode).toBe(1);
  expect(annotationsOf(refused, 'error')[0]?.message).toContain('exit code 1: You are not authenticated.');
  const absent = await push('attic:ours', folder);
  expect(annotationsOf(absent, 'error')[0]?.message).toMatch(
    /attic cannot be started on this machine: there is none on the PATH\. Install attic/,
  );
});
