import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { annotationsOf } from '../support/action/reading.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace, type ActionInputs } from '../support/action/workspace.ts';
import { startFarm } from '../support/farm/farm.ts';
import { startDescribedApi, startPlainApi, type GithubApi } from '../support/github/github-api.ts';
import { farm as farmRequirement, githubApi, requires } from '../support/requirements.ts';

// Each has an API and a farm of its own.
const { concurrent: test } = requires(farmRequirement);
const { concurrent: describedTest } = requires(farmRequirement, githubApi);

const label = `good [${hostSystem}]`;
const headSha = 'a'.repeat(40);
const running = {
  name: label,
  status: 'in_progress',
  head_sha: headSha,
  details_url: 'https://github.com/acme/widgets/actions/runs/1',
};

/** Runs a build that sleeps, with this in the place of GitHub's API. */
async function runWithChecks(api: GithubApi, inputs: ActionInputs = {}): Promise<StepResult> {
  await using farm = await startFarm([{ name: 'b1', nix: '2.34.8' }]);
  const script = '/usr/bin/sleep 1; echo > "$out"';
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { good: shellBuild({ name: 'good-1.0', script }) } },
    packages: { [hostSystem]: { broken: 'throw "on purpose"' } },
  });
  const step = await workspace.run(
    {
      ...farmInputs(farm),
      top_attrs: 'checks',
      check_runs: 'true',
      github_token: 'token-of-the-run',
      ...inputs,
    },
    {
      environment: {
        GITHUB_API_URL: api.url,
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_SHA: headSha,
      },
    },
  );
  expect(step.printed).not.toContain('token-of-the-run');
  return step;
}

const bodiesOf = ({ requests }: GithubApi): readonly unknown[] => requests.map(({ body }) => body);

describedTest(
  'a job has a check while it is built, and the run has one, as GitHub describes them',
  async () => {
    await using api = await startDescribedApi();
    const step = await runWithChecks(api);
    expect(step.exitCode, step.printed).toBe(0);
    expect(api.faults).toEqual([]);
    expect(bodiesOf(api)).toMatchObject([
      { ...running, output: { title: expect.stringMatching(/^building on /) } },
      { name: label, status: 'completed', conclusion: 'success', completed_at: expect.any(String) },
      { name: 'nix-dispatch', status: 'completed', conclusion: 'success' },
    ]);
    expect(step.annotations).toEqual([]);
  },
);

describedTest('mode evaluate has a check for what does not evaluate, and one for the run', async () => {
  await using api = await startDescribedApi();
  const inputs = { mode: 'evaluate', top_attrs: 'checks packages', filter_builds: 'true' };
  const step = await runWithChecks(api, inputs);
  expect(step.exitCode, step.printed).toBe(1);
  expect(api.faults).toEqual([]);
  expect(bodiesOf(api)).toMatchObject([
    {
      name: `packages.${hostSystem}.broken`,
      conclusion: 'failure',
      output: { annotations: [{ path: 'flake.nix', annotation_level: 'failure' }] },
    },
    { name: 'nix-dispatch', conclusion: 'failure', output: { title: '1 not evaluated of 2 jobs' } },
  ]);
});

test('without the permission there is a notice, and nothing else changes', async () => {
  await using api = await startPlainApi(() => ({ status: 403 }));
  const step = await runWithChecks(api);
  expect(step.exitCode, step.printed).toBe(0);
  expect(bodiesOf(api)).toMatchObject([running]);
  expect(annotationsOf(step, 'notice')).toMatchObject([
    {
      title: 'Check runs are missing',
      message: expect.stringContaining('permissions: checks: write'),
    },
  ]);
});

for (const [what, inputs, title] of [
  ['inputs are wrong', { keepalive: 'soon' }, /keepalive/],
  ['an expression is wrong', { upload_outputs: '.(' }, /upload_outputs/],
  ['no builder can be used', { builders: 'ssh-ng://builder@127.0.0.1:1 x86_64-linux' }, /127\.0\.0\.1/],
] as const) {
  test(`the check of the run ends in a failure where ${what}`, async () => {
    await using api = await startPlainApi();
    const step = await runWithChecks(api, inputs);
    expect(step.exitCode, step.printed).toBe(1);
    expect(bodiesOf(api)).toMatchObject([
      {
        name: 'nix-dispatch',
        head_sha: headSha,
        status: 'completed',
        conclusion: 'failure',
        output: { summary: expect.stringMatching(title) },
      },
    ]);
  });
}
