import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { builtNames, jobsOf } from '../support/action/reading.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

/** What GitHub takes of a job's outputs, and of a step's summary. */
const mostBytes = 1024 * 1024;
const count = 300;

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'b1', nix: '2.34.8' },
    { name: 'b2', nix: '2.26.3' },
  ]);
});
afterAll(() => farm[Symbol.asyncDispose]());

const builds = (description: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `check-${index}`,
      shellBuild({ name: `build-${index}`, description }),
    ]),
  );

test('25. 300 builds run in one job, on all builders', async () => {
  await using workspace = await createWorkspace({ checks: { [hostSystem]: builds('') } });
  const step = await workspace.run(farmInputs(farm), {
    environment: { GITHUB_WORKFLOW: `24. "quotes" and 'more' $(of them)` },
  });
  expect(step.exitCode, step.printed.slice(-2000)).toBe(0);
  expect(builtNames(step)).toHaveLength(count);
  expect(Object.values(jobsOf(step)).filter(({ success }) => success)).toHaveLength(count);
  for (const { address } of farm.hosts) {
    expect(step.log.filter((line) => line.endsWith(`: building on ${address}`)).length).toBeGreaterThan(50);
  }
  expect(Buffer.byteLength(step.summary)).toBeLessThan(mostBytes);
});

test('25. results that are too large for an output are in the artifact', async () => {
  await using workspace = await createWorkspace({ checks: { [hostSystem]: builds('long '.repeat(1000)) } });
  const step = await workspace.run(farmInputs(farm));
  expect(step.exitCode).toBe(0);
  expect(step.outputs.get('success')).toBe('true');
  const written = [...step.outputs.values()].reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  expect(written).toBeLessThan(mostBytes);
  expect(step.results).toBeUndefined();
  expect(step.annotations).toMatchObject([{ level: 'warning', title: 'The output results is too large' }]);
  expect(step.kept['results/results.json']?.match(/"attributePath"/g)).toHaveLength(count);
});
