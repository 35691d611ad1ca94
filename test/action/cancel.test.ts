import { randomInt } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { mustRun } from '../../scripts/provision/command.ts';
import { startArtifactService } from '../support/action/artifact-service.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { jobsOf } from '../support/action/reading.ts';
import type { RunningStep } from '../support/action/step.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

/** GitHub kills a step 10 s after it asked it to end. */
const patienceMs = 5000;

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'b1', nix: '2.34.8', systemFeatures: ['on-b1'] },
    { name: 'b2', nix: '2.8.0', systemFeatures: ['on-b2'] },
  ]);
});
afterAll(() => farm[Symbol.asyncDispose]());

/** A duration of sleep that tells a test's builds from all others. */
const nap = () => `sleep ${randomInt(100_000, 200_000)}`;

const sleeper = (name: string, command: string, requiredFeatures: readonly string[] = []) =>
  shellBuild({ name, script: `echo asleep\n/usr/bin/${command}`, requiredFeatures });

/** Whether a process with this command line runs, on this machine or in one of its hosts. */
async function isRunning(command: string): Promise<boolean> {
  return (await mustRun(['ps', '-e', '-o', 'args='])).includes(`/usr/bin/${command}`);
}

async function untilGone(command: string): Promise<void> {
  const startedAt = performance.now();
  while (await isRunning(command)) {
    expect(performance.now() - startedAt).toBeLessThan(patienceMs);
    await sleep(50);
  }
}

async function interrupted(step: RunningStep): Promise<StepResult> {
  step.interrupt();
  const startedAt = performance.now();
  const result = await step.finished;
  expect(performance.now() - startedAt).toBeLessThan(patienceMs);
  expect(result.exitCode).toBe(1);
  return result;
}

test('an interrupted run ends its builds everywhere and leaves its report', async () => {
  const command = nap();
  await using workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        done: shellBuild({ name: 'done' }),
        first: sleeper('first', command, ['on-b1']),
        second: sleeper('second', command, ['on-b2']),
      },
    },
  });
  const step = await workspace.start(farmInputs(farm));
  for (const text of ['first> asleep\n', 'second> asleep\n', '✅ done: built']) await step.untilPrinted(text);
  expect(await isRunning(command)).toBe(true);

  const result = await interrupted(step);
  await untilGone(command);
  expect(result.outputs.get('success')).toBe('false');
  expect(jobsOf(result)).toMatchObject({
    [`checks.${hostSystem}.done`]: { success: true },
    [`checks.${hostSystem}.first`]: { success: false },
    [`checks.${hostSystem}.second`]: { success: false },
  });
  expect(result.summary).toContain('cancelled');
  expect(result.kept['summary.md']?.trim()).toBe(result.summary.trim());
  expect(result.kept['results/results.json']).toContain('"outcome": "cancelled"');
});

test('an interrupted run ends whole closures that a builder works on', async () => {
  const command = nap();
  const below = sleeper('below', command, ['on-b1']);
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { above: shellBuild({ name: 'above', needs: { below } }) } },
  });
  const step = await workspace.start(farmInputs(farm, [farm.host('b1')], { user: 'stranger' }));
  await step.untilPrinted('below> asleep\n');
  const result = await interrupted(step);
  await untilGone(command);
  expect(result.summary).toContain('cancelled');
});

test('an interrupted run ends builds of the runner itself', async () => {
  const command = nap();
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { here: sleeper('here', command) } },
  });
  const step = await workspace.start({});
  await step.untilPrinted('here> asleep\n');
  const result = await interrupted(step);
  await untilGone(command);
  expect(result.summary).toContain('cancelled');
});

test('a run that is interrupted while it evaluates ends', async () => {
  const endless =
    "builtins.foldl' (sum: _: sum + builtins.length (builtins.genList (x: x) 1000)) 0 (builtins.genList (x: x) 10000000)";
  const build = shellBuild({ name: 'endless' }).replace('inherit nonce;', `n = ${endless};`);
  await using workspace = await createWorkspace({ checks: { [hostSystem]: { endless: build } } });
  const step = await workspace.start(farmInputs(farm));
  await step.untilPrinted('evaluating ');
  await sleep(500);
  const result = await interrupted(step);
  expect(result.outputs.get('success')).toBe('false');
  expect(result.summary).toContain('Cancelled before anything was selected');
  expect(await processesIn(workspace.folder)).toEqual([]);
});

for (const [what, signals, longestMs] of [
  ['within the 7.5 s that GitHub gives it', ['SIGINT'], 7500],
  ['at once after a second signal', ['SIGINT', 'SIGTERM'], patienceMs],
] as const) {
  test(`an interrupted run whose artifacts nobody takes ends ${what}`, async () => {
    await using service = await startArtifactService({ isSilent: true });
    await using workspace = await createWorkspace({
      checks: { [hostSystem]: { here: sleeper('here', nap()) } },
    });
    const step = await workspace.start(farmInputs(farm), { environment: service.environment });
    await step.untilPrinted('here> asleep\n');
    const startedAt = performance.now();
    for (const signal of signals) {
      step.signal(signal);
      await sleep(500);
    }
    const result = await step.finished;
    expect(performance.now() - startedAt).toBeLessThan(longestMs);
    expect(result.exitCode).toBe(1);
    expect(result.summary).toContain('cancelled');
    expect(result.outputs.get('success')).toBe('false');
    expect(result.outputs.get('artifact_dir')).not.toBe('');
    expect(result.printed).toContain('was not uploaded');
  });
}

/** Command lines of the processes that work in a folder. */
async function processesIn(folder: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const place = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      return place.startsWith(folder)
        ? [await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => pid)]
        : [];
    }),
  );
  return lines.flat();
}
