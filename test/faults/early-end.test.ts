import { randomInt } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { annotationsOf, jobsOf } from '../support/action/reading.ts';
import type { RunningStep } from '../support/action/step.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { countRunning, untilGone } from '../support/faults/host-processes.ts';
import { recordFault } from '../support/faults/record-fault.ts';
import { resultsOf } from '../support/faults/run-results.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

/** GitHub sends SIGTERM that long after SIGINT. */
const patienceMs = 7500;
/** A build has to be gone from its machine that long after we are told to end. */
const goneMs = 5000;

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'b1', nix: '2.34.8', systemFeatures: ['on-b1'] },
    { name: 'b2', nix: '2.26.3', systemFeatures: ['on-b2'] },
    { name: 'b3', nix: '2.8.0', systemFeatures: ['on-b3'] },
  ]);
});
afterAll(() => farm[Symbol.asyncDispose]());

interface Ended {
  readonly step: StepResult;
  /** From the first signal to the end of the process, and to the end of the last build. */
  readonly endedAfterMs: number;
  readonly goneAfterMs: number;
  /** Files in the machine's temporary folder, which nobody empties. */
  readonly left: readonly string[];
  /** Files in the runner's temporary folder, which it empties itself, that are neither its own nor kept for artifacts. */
  readonly leftWithRunner: readonly string[];
}

/** Lets one build end and one run on each host, and does what the test is about. */
async function whileBuilding(
  fault: string,
  act: (step: RunningStep) => void | Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const command = `sleep ${randomInt(100_000, 200_000)}`;
  const sleeper = (name: string, feature: string) =>
    shellBuild({ name, script: `echo asleep\n/usr/bin/${command}`, requiredFeatures: [feature] });
  const sleepers = farm.hosts.map(({ name }) => [name, sleeper(name, `on-${name}`)] as const);
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { done: shellBuild({ name: 'done' }), ...Object.fromEntries(sleepers) } },
  });
  const temp = join(workspace.folder, 'tmp');
  await mkdir(temp);
  const step = await workspace.start(farmInputs(farm), { environment: { TMPDIR: temp, ...environment } });
  for (const [name] of sleepers) await step.untilPrinted(`${name}> asleep\n`);
  await step.untilPrinted('✅ done: built');
  // A build says so before it falls asleep.
  await vi.waitFor(
    async () => expect(await countRunning(`/usr/bin/${command}`)).toBe(farm.hosts.length),
    5000,
  );
  const startedAt = performance.now();
  const gone = untilGone(`/usr/bin/${command}`);
  await act(step);
  const result = await step.finished;
  const endedAfterMs = performance.now() - startedAt;
  const goneAfterMs = await gone;
  await recordFault({
    fault,
    inFlight: farm.hosts.length,
    moved: 0,
    lost: 0,
    noticedSeconds: goneAfterMs / 1000,
    classes: result.kept['results/results.json'] === undefined ? [] : ['cancelled'],
  });
  const withRunner = await readdir(join(workspace.folder, 'temp'));
  return {
    step: result,
    endedAfterMs,
    goneAfterMs,
    left: await readdir(temp),
    leftWithRunner: withRunner.filter((name) => !name.startsWith('_runner_') && name !== 'nix-dispatch'),
  };
}

function expectReported({ step, endedAfterMs, goneAfterMs, left, leftWithRunner }: Ended): void {
  expect(step.exitCode).toBe(1);
  expect(endedAfterMs).toBeLessThan(patienceMs);
  expect(goneAfterMs).toBeLessThan(goneMs);
  expect(step.outputs.get('success')).toBe('false');
  expect(jobsOf(step)).toMatchObject({
    [`checks.${hostSystem}.done`]: { success: true },
    [`checks.${hostSystem}.b1`]: { success: false },
    [`checks.${hostSystem}.b2`]: { success: false },
    [`checks.${hostSystem}.b3`]: { success: false },
  });
  expect(step.summary).toContain('cancelled');
  expect(resultsOf(step).cancelled).toBe(true);
  expect([...left, ...leftWithRunner]).toEqual([]);
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${name} ends all builds and leaves the report`, async () => {
    expectReported(await whileBuilding(name, (step) => step.signal(name)));
  });
}

test('SIGTERM or another SIGINT soon after SIGINT changes nothing', async () => {
  for (const second of ['SIGTERM', 'SIGINT'] as const) {
    const ended = await whileBuilding(`SIGINT, then ${second}`, async (step) => {
      step.signal('SIGINT');
      await sleep(20);
      step.signal(second);
    });
    expectReported(ended);
  }
});

test('after SIGKILL the daemons end the builds', async () => {
  const { step, goneAfterMs, left } = await whileBuilding('SIGKILL', (step) => step.signal('SIGKILL'));
  expect(step.exitCode).toBeNull();
  expect(goneAfterMs).toBeLessThan(goneMs);
  expect(left).toEqual([]);
});

const crash = (code: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2',()=>{${code}})`)}`,
});

for (const [what, code] of [
  ['an exception that nobody catches', "throw new TypeError('x is not a function')"],
  ['a rejection that nobody handles', "Promise.reject(new TypeError('x is not a function'))"],
] as const) {
  test(`${what} in ourselves is one readable error, and what was done is reported`, async () => {
    const ended = await whileBuilding(`our crash: ${what}`, (step) => step.signal('SIGUSR2'), crash(code));
    expectReported(ended);
    const errors = annotationsOf(ended.step, 'error');
    expect(errors).toMatchObject([{ message: expect.stringContaining('x is not a function') as string }]);
    expect(errors[0]?.message).toContain('This is a fault of nix-dispatch');
    expect(ended.step.printed).not.toMatch(/^\s+at .*[:(]|node:internal|\.js:\d+/m);
  });
}
