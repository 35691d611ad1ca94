import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { mustRun } from '../../scripts/provision/command.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { jobsOf } from '../support/action/reading.ts';
import type { RunningStep } from '../support/action/step.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

const mib = 1024 * 1024;

/** Most resident memory that a process had, looked at until it is gone. */
async function peakBytes(pid: number): Promise<number> {
  for (let peak = 0; ; await sleep(20)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    if (kibibytes === undefined) return peak;
    peak = Number(kibibytes) * 1024;
  }
}

test('an output of 512 MiB becomes an archive and a cache in little memory', async () => {
  await using farm = await startFarm([{ name: 'b1', nix: '2.26.3' }]);
  const script = `/bin/mkdir $out; /usr/bin/head -c ${512 * mib} /dev/urandom > $out/data`;
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { large: shellBuild({ name: 'large', script }) } },
  });
  const step = await workspace.start({ ...farmInputs(farm), upload_outputs: 'true' }, { timeoutMs: 120_000 });
  const peak = peakBytes(step.pid);
  const ended = await step.finished;
  expect(ended.exitCode, ended.printed).toBe(0);
  // Nearly 100 MiB of it is there before anything is packed; what is left are buffers that wait to be collected.
  expect(await peak).toBeLessThan(256 * mib);
  const path = jobsOf(ended)[`checks.${hostSystem}.large`]?.outputs?.['out'];
  const sum = async (command: string): Promise<string> => (await mustRun(['sh', '-c', command])).slice(0, 64);
  const there = await farm.host('b1').mustExec(['sha256sum', `${path}/data`]);
  const archive = join(ended.outputs.get('outputs_path') ?? '', `checks.${hostSystem}.large.tar.zst`);
  expect(await sum(`tar -xOf ${archive} result/data | sha256sum`)).toBe(there.slice(0, 64));
});

const growing: unknown = expect.stringMatching(/\/partial\/.*\.tar\.zst$/);

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** What is left in the folders of outputs once `interfere` has come in the middle of the packing. */
async function disturbed(
  interfere: (step: RunningStep, farm: Farm) => unknown,
): Promise<{ readonly step: StepResult; readonly left: readonly string[] }> {
  await using farm = await startFarm([{ name: 'b1', nix: '2.34.8' }]);
  const script = `/usr/bin/head -c ${256 * mib} /dev/urandom > $out`;
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { large: shellBuild({ name: 'large', script }) } },
  });
  const inputs = { ...farmInputs(farm), upload_outputs: 'true' };
  const running = await workspace.start(inputs, { timeoutMs: 110_000 });
  await vi.waitFor(async () => expect(await filesBelow(workspace.folder)).toContainEqual(growing), {
    timeout: 100_000,
    interval: 10,
  });
  await interfere(running, farm);
  const step = await running.finished;
  const files = await filesBelow(step.outputs.get('artifact_dir') ?? '');
  return { step, left: files.filter((path) => /\/(?:partial|outputs|cache)\//.test(path)) };
}

test('a run that is cancelled while it packs leaves nothing half written', async () => {
  let interruptedAt = 0;
  const { step, left } = await disturbed((running) => {
    running.interrupt();
    interruptedAt = performance.now();
  });
  expect(performance.now() - interruptedAt).toBeLessThan(10_000);
  expect(step.exitCode).toBe(1);
  expect(step.annotations.filter(({ title }) => title?.startsWith('Outputs'))).toEqual([]);
  expect(left).toEqual([]);
});

test('a builder that is lost while it is read from is a warning', async () => {
  const { step, left } = await disturbed((_, farm) => farm.host('b1').kill());
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toContainEqual(
    expect.objectContaining({
      level: 'warning',
      title: 'Outputs are not in the artifact',
      message: expect.stringMatching(/^checks\..*\.large: .*\bconnection\b/) as string,
    }),
  );
  expect(left).toEqual([]);
});
