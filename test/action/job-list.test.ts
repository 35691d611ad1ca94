import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { annotationsOf, builtNames } from '../support/action/reading.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
let workspace: Workspace;

beforeAll(async () => {
  farm = await startFarm([{ name: 'b1', nix: '2.34.8', systemFeatures: ['kvm'] }]);
  workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        first: shellBuild({ name: 'first-1.0' }),
        second: shellBuild({ name: 'second-1.0', requiredFeatures: ['kvm'] }),
      },
    },
    packages: { [hostSystem]: { broken: 'throw "on purpose"' } },
  });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

const run = (inputs: Readonly<Record<string, string>> = {}) =>
  workspace.run({ ...farmInputs(farm), top_attrs: 'checks', filter_builds: 'true', ...inputs });

interface Entry {
  readonly attr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly cached: string | null;
}

function entriesOf(step: StepResult): readonly Entry[] {
  const jobs = step.outputs.get('jobs');
  expect(jobs, step.printed).toBeDefined();
  expect(step.kept['results/jobs.json']).toBe(jobs);
  const entries = JSON.parse(jobs ?? '') as readonly Entry[];
  return entries.toSorted((one, other) => one.attr.localeCompare(other.attr));
}

test('mode evaluate lists jobs, builds nothing, and says what a builder has', async () => {
  const before = await run({ mode: 'evaluate' });
  expect(before, before.printed).toMatchObject({ exitCode: 0, annotations: [] });
  expect(builtNames(before)).toEqual([]);
  expect(entriesOf(before)).toEqual(
    [['first', [] as string[]] as const, ['second', ['kvm']] as const].map(([attr, requiredFeatures]) => ({
      top_attr: 'checks',
      system: hostSystem,
      attr,
      attributePath: `checks.${hostSystem}.${attr}`,
      label: `${attr} [${hostSystem}]`,
      name: `${attr}-1.0`,
      drvPath: expect.stringMatching(new RegExp(`^/nix/store/.*-${attr}-1\\.0\\.drv$`)),
      outputs: { out: expect.stringMatching(new RegExp(`-${attr}-1\\.0$`)) },
      requiredFeatures,
      cached: null,
    })),
  );
  expect(before.summary).toContain('2 jobs selected, nothing built');

  const built = await run({ filter_builds: '.attr == "first"' });
  expect(builtNames(built)).toEqual(['first-1.0']);
  expect(entriesOf(built).map(({ cached }) => cached)).toEqual([null]);

  const after = await run({ mode: 'evaluate' });
  const [first, second] = entriesOf(after);
  expect([first?.cached, second?.cached]).toEqual([farm.host('b1').address, null]);
  expect(JSON.parse(after.outputs.get('counts') ?? '')).toMatchObject({ jobs: 2, cached: 1, built: 0 });
});

test('an attribute that fails to evaluate makes mode evaluate fail and is not listed', async () => {
  const step = await run({ mode: 'evaluate', top_attrs: 'checks packages' });
  expect(step.exitCode, step.printed).toBe(1);
  expect(step.outputs.get('success')).toBe('false');
  expect(entriesOf(step).map(({ attr }) => attr)).toEqual(['first', 'second']);
  expect(annotationsOf(step, 'error').map(({ message }) => message)).toEqual([
    expect.stringContaining('on purpose'),
  ]);
  const excused = await run({
    mode: 'evaluate',
    top_attrs: 'checks packages',
    ignore_eval_failures: 'true',
  });
  expect(excused.exitCode, excused.printed).toBe(0);
});

test('mode evaluate says that nothing was selected only where that is so', async () => {
  const step = await run({ mode: 'evaluate', filter_builds: 'false', fail_on_empty: 'true' });
  expect(step.exitCode, step.printed).toBe(1);
  expect(entriesOf(step)).toEqual([]);
  expect(annotationsOf(step, 'error').map(({ title }) => title)).toEqual(['Nothing was selected']);
});

test('without eval_cache the second run evaluates again', async () => {
  await run({ mode: 'evaluate' });
  const again = await run({ mode: 'evaluate' });
  const afresh = await run({ mode: 'evaluate', eval_cache: 'false' });
  const reuses = (step: StepResult) => step.log.some((line) => /earlier|again|reus/.test(line));
  expect([reuses(again), reuses(afresh)], again.printed).toEqual([true, false]);
});
