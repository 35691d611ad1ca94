import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCommand } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { builtNames, jobsOf } from '../support/action/reading.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { concurrent: test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'b1', nix: '2.34.8', systemFeatures: ['on-b1', 'ca-derivations'] },
    { name: 'b2', nix: '2.26.3', systemFeatures: ['on-b2'] },
    { name: 'b3', nix: '2.8.0', systemFeatures: ['on-b3'] },
  ]);
});
afterAll(() => farm[Symbol.asyncDispose]());

const outputOf = (step: StepResult, attr: string): string =>
  jobsOf(step)[`checks.${hostSystem}.${attr}`]?.outputs?.['out'] ?? '';

test('three versions of Nix build one graph: what they share is built once and travels between them', async () => {
  const shared = shellBuild({ name: 'shared', script: 'echo from b1 > "$out"', requiredFeatures: ['on-b1'] });
  const dependant = (place: string) =>
    shellBuild({
      name: `dependant-${place}`,
      script: 'read -r line < "$shared"; echo "$line"; echo "$line" > "$out"',
      needs: { shared },
      requiredFeatures: [`on-${place}`],
    });
  const places = ['b1', 'b2', 'b3'];
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: Object.fromEntries(places.map((place) => [place, dependant(place)])) },
  });
  const step = await workspace.run(farmInputs(farm));
  expect(step.exitCode, step.printed).toBe(0);
  expect(builtNames(step)).toEqual(['dependant-b1', 'dependant-b2', 'dependant-b3', 'shared']);
  for (const place of places) {
    const host = farm.host(place);
    expect(step.log).toContain(`dependant-${place}: building on ${host.address}`);
    expect(step.log).toContain(`dependant-${place}> from b1`);
    expect(await host.mustExec(['cat', outputOf(step, place)])).toBe('from b1\n');
  }
  // It passed through the runner without staying there.
  const stays = await runCommand(['nix', 'path-info', outputOf(step, 'b1')], {
    env: { ...process.env, ...runnerNixEnv() },
  });
  expect(stays.code).toBe(1);
});

test('a user whom the builder does not trust gets whole closures built, with the same outcomes', async () => {
  const library = shellBuild({ name: 'library' });
  const broken = shellBuild({ name: 'broken', script: 'echo it broke; exit 1' });
  await using workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        good: shellBuild({ name: 'good', needs: { library } }),
        broken,
        blocked: shellBuild({ name: 'blocked', needs: { broken } }),
      },
    },
  });
  const run = (name: string, user: 'builder' | 'stranger') =>
    workspace.run(farmInputs(farm, [farm.host(name)], { user }));
  const trusted = await run('b1', 'builder');
  expect(trusted.printed).not.toContain('whole closures only');
  for (const name of ['b2', 'b3']) {
    const untrusted = await run(name, 'stranger');
    expect(untrusted.printed).toContain('whole closures only');
    expect(untrusted.exitCode, untrusted.printed).toBe(1);
    expect(untrusted.results).toEqual(trusted.results);
    expect(titles(untrusted)).toEqual(titles(trusted));
    expect(untrusted.log).toContain('broken> it broke');
    expect(untrusted.summary).toContain('## ❌ 1 failed, 1 blocked of 3 jobs');
  }
});

test('there, what many need runs once, and fails once', async () => {
  const shared = shellBuild({ name: 'shared', script: '/usr/bin/sleep 1; echo it broke; exit 1' });
  const blocked = (name: string) => shellBuild({ name, needs: { shared } });
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { one: blocked('one'), two: blocked('two'), three: blocked('three') } },
  });
  const step = await workspace.run(farmInputs(farm, [farm.host('b3')], { user: 'stranger' }));
  expect(step.log.filter((line) => line === 'shared> it broke')).toHaveLength(1);
  expect(step.summary).toContain('3 blocked of 3 jobs');
});

const titles = (step: StepResult) =>
  step.annotations.filter(({ level }) => level === 'error').map(({ title }) => title);

test('with no builders everything is built by the Nix of the runner', async () => {
  await using workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        good: shellBuild({ name: 'good', script: 'echo here; echo local > "$out"' }),
        bad: shellBuild({ name: 'bad', script: 'exit 1' }),
      },
    },
  });
  const step = await workspace.run({});
  expect(step.exitCode).toBe(1);
  expect(step.log).toContain('good> here');
  expect(await readFile(outputOf(step, 'good'), 'utf8')).toBe('local\n');
  expect(titles(step)).toEqual([`checks.${hostSystem}.bad`]);
});

test('nix_conf holds for what is built by the Nix of the runner', async () => {
  await using workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        cores: shellBuild({ name: 'cores', script: 'echo "$NIX_BUILD_CORES"; echo > "$out"' }),
      },
    },
  });
  // A daemon would build by its own settings.
  const environment = { NIX_DAEMON_SOCKET_PATH: '/nonexistent/socket' };
  const step = await workspace.run({ nix_conf: 'cores = 17' }, { environment });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.log).toContain('cores> 17');
});

test('the runner and a builder work on one graph', async () => {
  const shared = shellBuild({ name: 'shared', script: 'echo from b1 > "$out"', requiredFeatures: ['on-b1'] });
  await using workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        here: shellBuild({
          name: 'here',
          script: 'read -r line < "$shared"; echo "$line" > "$out"',
          needs: { shared },
          requiredFeatures: ['benchmark'],
        }),
      },
    },
  });
  const inputs = farmInputs(farm, [farm.host('b1')]);
  const step = await workspace.run({
    ...inputs,
    builders: `${inputs['builders']}\nlocal ${hostSystem} - 2 1 benchmark`,
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(await readFile(outputOf(step, 'here'), 'utf8')).toBe('from b1\n');
});

test('a derivation whose output is addressed by its content builds where the feature is', async () => {
  await using workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        floating: shellBuild({ name: 'floating', script: 'echo content > "$out"', contentAddressed: true }),
      },
    },
  });
  const step = await workspace.run({
    ...farmInputs(farm),
    nix_conf: 'extra-experimental-features = ca-derivations',
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.printed).toContain(`floating: building on ${farm.host('b1').address}`);
  expect(await farm.host('b1').mustExec(['cat', outputOf(step, 'floating')])).toBe('content\n');
  expect(step.kept[join('results', 'results.json')]).toContain(outputOf(step, 'floating'));
});
