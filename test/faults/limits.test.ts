import { randomInt } from 'node:crypto';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { builtNames } from '../support/action/reading.ts';
import { createWorkspace, type ActionInputs } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { countRunning, untilGone } from '../support/faults/host-processes.ts';
import { recordFault } from '../support/faults/record-fault.ts';
import { resultsOf } from '../support/faults/run-results.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

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

interface Excess {
  readonly fault: string;
  /** What the build does beside waiting for a process that would run for a day. */
  readonly script: (waiting: string) => string;
  readonly inputs: ActionInputs;
  readonly outcome: 'timed-out' | 'log-limit';
  /** Undefined: it is no time that is limited. */
  readonly limitSeconds?: number;
  readonly words: RegExp;
}

/** Runs a build that exceeds a limit on each host, and one that doesn't. */
async function exceed(
  { fault, script, inputs, outcome, words, limitSeconds }: Excess,
  user: 'builder' | 'stranger',
) {
  const waiting = `/usr/bin/sleep ${randomInt(100_000, 200_000)}`;
  const excessive = (feature: string) =>
    shellBuild({ name: `excess-${feature}`, script: script(waiting), requiredFeatures: [feature] });
  const features = farm.hosts.map(({ name }) => `on-${name}`);
  await using workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        ...Object.fromEntries(features.map((feature) => [feature, excessive(feature)])),
        modest: shellBuild({ name: 'modest', script: 'echo a line; echo > "$out"' }),
      },
    },
  });
  const step = await workspace.start({ ...farmInputs(farm, farm.hosts, { user }), ...inputs });
  const lines: Promise<void>[] = features.map((feature) => step.untilPrinted(`excess-${feature}: `));
  await Promise.all(lines);
  const result = await step.finished;
  const goneAfterMs = await untilGone(waiting);
  const { builds } = resultsOf(result);
  expect(goneAfterMs).toBeLessThan(goneMs);
  expect(result.exitCode, result.printed).toBe(1);
  expect(builtNames(result), result.printed).toEqual(['modest']);
  const ended = builds.filter(({ name }) => name.startsWith('excess-'));
  expect(ended.map((build) => build.outcome)).toEqual([outcome, outcome, outcome]);
  for (const { message, attempts } of ended) {
    expect(message).toMatch(words);
    expect(attempts).toHaveLength(1);
  }
  const spans = ended.flatMap(({ attempts }) =>
    attempts.map(({ startedAtMs, finishedAtMs }) => (finishedAtMs - startedAtMs) / 1000),
  );
  await recordFault({
    fault: `${fault}${user === 'stranger' ? ', whole closures' : ''}`,
    inFlight: farm.hosts.length,
    moved: 0,
    lost: 0,
    noticedSeconds: limitSeconds === undefined ? undefined : Math.max(...spans) - limitSeconds,
    classes: [outcome],
  });
  expect(await countRunning(waiting)).toBe(0);
}

const excesses: readonly Excess[] = [
  {
    fault: 'silent beyond max_silent_time (2 s)',
    script: (waiting) => `echo a last word; ${waiting}`,
    inputs: { max_silent_time: '2s' },
    limitSeconds: 2,
    outcome: 'timed-out',
    words: /printed nothing for 2 s \(max_silent_time\)/,
  },
  {
    fault: 'longer than build_timeout (3 s)',
    script: (waiting) => `${waiting} & while :; do echo still here; /usr/bin/sleep 0.3; done`,
    inputs: { build_timeout: '3s', max_silent_time: '2s' },
    limitSeconds: 3,
    outcome: 'timed-out',
    words: /ran longer than 3 s \(build_timeout\)/,
  },
  {
    fault: 'log beyond max_log_size (1 MB)',
    script: (waiting) =>
      `${waiting} & while :; do echo "a line of a log that has no end and says nothing new"; done`,
    inputs: { max_log_size: '1MB' },
    outcome: 'log-limit',
    words: /its log is larger than .* \(max_log_size\)/,
  },
];

for (const excess of excesses) {
  for (const user of ['builder', 'stranger'] as const) {
    test(`a build that is ${excess.fault} is ended on every Nix, as ${user}`, () => exceed(excess, user));
  }
}
