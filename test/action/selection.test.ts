import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { foreignSystem, hostSystem, shellBuild } from '../support/action/flake.ts';
import { builtNames, jobsOf } from '../support/action/reading.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
let workspace: Workspace;

beforeAll(async () => {
  farm = await startFarm([{ name: 'b1', nix: '2.34.8', extraPlatforms: [foreignSystem] }]);
  workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        hello: shellBuild({ name: 'hello-1.0', description: 'Greets' }),
        wheel: shellBuild({ name: 'wheel-2.0' }),
      },
      [foreignSystem]: { wagon: shellBuild({ name: 'wagon-3.0', system: foreignSystem }) },
    },
    packages: { [hostSystem]: { world: shellBuild({ name: 'world-4.0' }) } },
    devShells: { [hostSystem]: { default: shellBuild({ name: 'shell-5.0' }) } },
  });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

const run = (inputs: Readonly<Record<string, string>> = {}) =>
  workspace.run({ ...farmInputs(farm), ...inputs });

const checks = [
  `checks.${hostSystem}.hello`,
  `checks.${hostSystem}.wheel`,
  `checks.${foreignSystem}.wagon`,
].sort();
const world = `packages.${hostSystem}.world`;

async function selected(inputs: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const step = await run(inputs);
  expect(step.exitCode, step.printed).toBe(0);
  return Object.keys(jobsOf(step)).sort();
}

test('1. without a filter only checks are built', async () => {
  const step = await run();
  expect(step).toMatchObject({ exitCode: 0, annotations: [] });
  expect(Object.keys(jobsOf(step)).sort()).toEqual(checks);
  expect(builtNames(step)).toEqual(['hello-1.0', 'wagon-3.0', 'wheel-2.0']);
  expect(step.outputs.get('success')).toBe('true');
});

test('2. the filter true selects checks and packages, other outputs only where top_attrs names them', async () => {
  expect(await selected({ filter_builds: 'true' })).toEqual([...checks, world]);
  expect(await selected({ filter_builds: 'true', top_attrs: 'devShells' })).toEqual([
    `devShells.${hostSystem}.default`,
  ]);
});

test('3. the filter sees six fields, and "" for a missing description', async () => {
  const place = { top_attr: 'checks', system: hostSystem, type: 'derivation' };
  const objects = [
    { ...place, name: 'hello-1.0', description: 'Greets', attr: 'hello' },
    { ...place, name: 'wheel-2.0', description: '', attr: 'wheel' },
  ];
  const filter = `{ name, description, top_attr, system, attr, type } | IN(${objects.map((object) => JSON.stringify(object)).join(', ')})`;
  expect(await selected({ filter_builds: filter })).toEqual([
    `checks.${hostSystem}.hello`,
    `checks.${hostSystem}.wheel`,
  ]);
});

test('4. a filter can name both packages and checks', async () => {
  expect(await selected({ filter_builds: '.top_attr == "packages" or .top_attr == "checks"' })).toEqual([
    ...checks,
    world,
  ]);
});

test('5. a filter by system and regular expression selects the matching subset', async () => {
  expect(await selected({ filter_builds: `.system=="${hostSystem}" and (.attr|test("^w"))` })).toEqual([
    `checks.${hostSystem}.wheel`,
    world,
  ]);
});

test('6. a filter that selects nothing builds nothing and says so', async () => {
  for (const filter of ['null', 'empty', '.top_attr == "nothing"']) {
    const step = await run({ filter_builds: filter });
    expect(step).toMatchObject({ exitCode: 0, results: {} });
    expect(builtNames(step)).toEqual([]);
    expect(step.outputs.get('success')).toBe('true');
    expect(step.annotations).toMatchObject([
      {
        level: 'notice',
        title: 'Nothing was selected',
        message: `Nothing in checks or packages matches filter_builds, which is: ${filter}`,
      },
    ]);
    expect(step.summary).toContain('Nothing was selected');
  }
});

test('6. with fail_on_empty it is an error that a filter selects nothing', async () => {
  const step = await run({ filter_builds: 'null', fail_on_empty: 'true' });
  expect(step.exitCode).toBe(1);
  expect(step.outputs.get('success')).toBe('false');
  expect(step.annotations).toMatchObject([{ level: 'error', title: 'Nothing was selected' }]);
});

test('8. a filter that says true twice builds once', async () => {
  const step = await run({ filter_builds: '.attr == "hello" | ., .', label_builds: '.attr' });
  expect(step.exitCode).toBe(0);
  expect(Object.keys(jobsOf(step))).toEqual([`checks.${hostSystem}.hello`]);
  expect(step.summary.match(/<code>hello<\/code>/g)).toHaveLength(1);
});

test('9. labels are "attr [system]", or what label_builds says', async () => {
  const label = async (inputs: Readonly<Record<string, string>>) =>
    jobsOf(await run({ filter_builds: '.attr == "hello"', ...inputs }))[`checks.${hostSystem}.hello`]?.label;
  expect(await label({})).toBe(`hello [${hostSystem}]`);
  expect(await label({ label_builds: String.raw`"\(.attr).\(.system)"` })).toBe(`hello.${hostSystem}`);
});

test('10. checks of other systems have their names', async () => {
  const jobs = jobsOf(await run({ filter_builds: `.system == "${foreignSystem}"` }));
  expect(jobs[`checks.${foreignSystem}.wagon`]).toMatchObject({ name: 'wagon-3.0', success: true });
});
