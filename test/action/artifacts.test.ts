import { expect } from 'vitest';
import { startArtifactService } from '../support/action/artifact-service.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
let workspace: Workspace;

beforeAll(async () => {
  farm = await startFarm([{ name: 'b1', nix: '2.26.3' }]);
  workspace = await createWorkspace({
    checks: { [hostSystem]: { bad: shellBuild({ name: 'bad-1.0', script: 'echo broken\nexit 1' }) } },
  });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

test('17. each invocation uploads its own results and logs', async () => {
  await using service = await startArtifactService();
  for (let invocation = 0; invocation < 2; invocation++) {
    const step = await workspace.run(farmInputs(farm), { environment: service.environment });
    expect(step.annotations.filter(({ level }) => level === 'warning')).toEqual([]);
    expect(step.outputs.get('artifact_dir')).toBeUndefined();
  }
  const names = service.artifacts.map(({ name }) => name);
  expect(new Set(names).size).toBe(4);
  const prefixes = names.map((name) => name.replace(/-build-(?:results|logs)$/, ''));
  expect(new Set(prefixes).size).toBe(2);
  for (const { name, contents } of service.artifacts) {
    expect(contents.subarray(0, 2).toString()).toBe('PK');
    // Names of the files stand in the archive as they are.
    expect(contents.includes(name.endsWith('-logs') ? 'bad-1.0-' : 'results.json')).toBe(true);
  }
});

test('17. artifact_prefix names the artifacts', async () => {
  await using service = await startArtifactService();
  await workspace.run(
    { ...farmInputs(farm), artifact_prefix: 'linux builds' },
    { environment: service.environment },
  );
  expect(service.artifacts.map(({ name }) => name).sort()).toEqual([
    'linux_builds-build-logs',
    'linux_builds-build-results',
  ]);
});

test('a service that takes no artifacts is a warning, and the files stay', async () => {
  await using service = await startArtifactService({ refuses: true });
  const step = await workspace.run(
    { ...farmInputs(farm), ignore_build_failures: 'true' },
    { environment: service.environment },
  );
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toMatchObject([
    { level: 'error', title: `checks.${hostSystem}.bad` },
    { level: 'notice', title: 'Failures are ignored' },
    { level: 'warning', title: 'The artifact build-results was not uploaded' },
    { level: 'warning', title: 'The artifact build-logs was not uploaded' },
  ]);
  expect(Object.keys(step.kept)).toContain('results/results.json');
});
