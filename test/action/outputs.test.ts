import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startArtifactService } from '../support/action/artifact-service.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

const busy = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo > "$out"';

let farm: Farm;
let workspace: Workspace;

beforeAll(async () => {
  farm = await startFarm([{ name: 'b1', nix: '2.34.8' }]);
  workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        good: shellBuild({ name: 'good-1.0', script: busy }),
        bad: shellBuild({ name: 'bad-1.0', script: 'echo broken\nexit 1' }),
      },
    },
  });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

test('counts, CPU time, cost, failures and files are outputs', async () => {
  const step = await workspace.run({ ...farmInputs(farm), cost_per_cpu_hour: '3600' });
  expect(JSON.parse(step.outputs.get('counts') ?? '')).toMatchObject({ jobs: 2, built: 1, failed: 1 });
  expect(JSON.parse(step.outputs.get('failed') ?? '')).toEqual([`checks.${hostSystem}.bad`]);
  const cpuSeconds = Number(step.outputs.get('cpu_seconds'));
  expect(cpuSeconds).toBeGreaterThan(0);
  expect(Number(step.outputs.get('cost'))).toBeCloseTo(cpuSeconds, 2);
  const folder = step.outputs.get('artifact_dir') ?? '';
  expect(step.outputs.get('results_path')).toBe(join(folder, 'results/results.json'));
  expect(step.outputs.get('html_report_path')).toBe(join(folder, 'results/report.html'));
  expect(step.outputs.get('summary_path')).toBe(join(folder, 'summary.md'));
  expect(step.kept['summary.md']?.trim()).toBe(step.summary.trim());
});

test('artifacts are outputs too, and the summary links to them and names the commit', async () => {
  const commit = execFileSync('git', ['-C', join(workspace.folder, 'checkout'), 'rev-parse', 'HEAD']);
  await using service = await startArtifactService();
  const step = await workspace.run(farmInputs(farm), {
    environment: {
      ...service.environment,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_SHA: commit.toString().trim(),
    },
  });
  const [results, logs] = ['results', 'logs'].map((name) => step.outputs.get(`${name}_artifact_id`));
  expect([results, logs]).toEqual(['1', '2']);
  const artifacts = 'https://github.com/acme/widgets/actions/runs/1/artifacts';
  expect(step.summary).toContain(`[Build logs](${artifacts}/2) · [Report and results](${artifacts}/1)`);
  expect(step.summary).toContain(
    `nix build &#39;github:acme/widgets/${commit.toString().trim()}#checks.${hostSystem}.bad&#39; -L`,
  );
});
