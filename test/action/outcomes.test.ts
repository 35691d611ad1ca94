import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild, type FlakeOutputs } from '../support/action/flake.ts';
import { annotationsOf, builtNames, jobsOf, keptLogs } from '../support/action/reading.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { concurrent: test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'b1', nix: '2.34.8' },
    { name: 'b2', nix: '2.26.3' },
  ]);
});
afterAll(() => farm[Symbol.asyncDispose]());

/** Builds checks of this system in a repository of their own. */
async function buildChecks(
  checks: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<StepResult> {
  const outputs: FlakeOutputs = { checks: { [hostSystem]: checks } };
  await using workspace = await createWorkspace(outputs);
  return await workspace.run({ ...farmInputs(farm), ...inputs });
}

const good = shellBuild({ name: 'good-1.0', description: 'Works' });
const bad = shellBuild({ name: 'bad-1.0', script: 'echo it broke\nexit 3' });

test('11. attributes with dots, slashes and colons build, and what is kept of them has legal names', async () => {
  const step = await buildChecks({
    'weird.name': shellBuild({ name: 'weird', script: 'echo dotted; echo > "$out"' }),
    'sl/ash:x': shellBuild({ name: 'slash', script: 'echo slashed; echo > "$out"' }),
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(Object.keys(jobsOf(step)).sort()).toEqual([
    `checks.${hostSystem}.sl/ash:x`,
    `checks.${hostSystem}.weird.name`,
  ]);
  expect(keptLogs(step)).toEqual(['dotted\n', 'slashed\n']);
  for (const name of Object.keys(step.kept).flatMap((path) => path.split('/'))) {
    expect(name).not.toMatch(/["':<>|*?\\\s]|^\./);
  }
});

test('12. a hostile description changes nothing and is shown literally', async () => {
  const description = `it's "quoted" $(reboot) \`x\` \${y}\n::error::not an error <b>bold</b> | cell`;
  const step = await buildChecks(
    { hostile: shellBuild({ name: 'hostile', description }) },
    { label_builds: '.description' },
  );
  expect(step).toMatchObject({ exitCode: 0, annotations: [] });
  expect(step.commands.filter((name) => name === 'error')).toEqual([]);
  const job = jobsOf(step)[`checks.${hostSystem}.hostile`];
  expect(job).toMatchObject({ success: true, description, label: description });
  expect(step.summary).not.toContain('<b>');
  expect(step.log.join('\n')).toContain(`it's "quoted" $(reboot)`);
});

test('12. build output that looks like commands is only shown', async () => {
  const lines = ['::error::not an error', '::set-output name=success::true', '##[add-mask]a'];
  const script = `${lines.map((line) => `echo "${line}"`).join('\n')}\nexit 1`;
  const step = await buildChecks({ loud: shellBuild({ name: 'loud', script }) });
  expect(step.exitCode).toBe(1);
  expect(annotationsOf(step, 'error')).toMatchObject([{ title: `checks.${hostSystem}.loud` }]);
  expect(step.commands.filter((name) => name === 'set-output' || name === 'add-mask')).toEqual([]);
  for (const line of lines) expect(step.log).toContain(`loud> ${line}`);
});

test('13. a failed build fails the run; the others were built, and the report is there', async () => {
  const step = await buildChecks({ good, bad });
  expect(step.exitCode).toBe(1);
  expect(step.outputs.get('success')).toBe('false');
  expect(builtNames(step)).toEqual(['good-1.0']);
  expect(jobsOf(step)).toMatchObject({
    [`checks.${hostSystem}.good`]: { success: true },
    [`checks.${hostSystem}.bad`]: { success: false },
  });
  expect(step.summary).toContain('## ❌ 1 failed of 2 jobs');
  expect(step.summary).toContain('<pre>it broke</pre>');
});

test('13. results come as JSON, as JUnit and as a page', async () => {
  await using workspace = await createWorkspace({ checks: { [hostSystem]: { good } } });
  const step = await workspace.run(farmInputs(farm));
  const paths = Object.keys(step.kept).filter((path) => !path.startsWith('logs/'));
  expect(paths.sort()).toEqual([
    'results/jobs.json',
    'results/junit.xml',
    'results/report.html',
    'results/results.json',
    'summary.md',
  ]);
});

test('14. with ignore_build_failures the run is green and says what failed', async () => {
  const step = await buildChecks({ good, bad }, { ignore_build_failures: 'true' });
  expect(step.exitCode).toBe(0);
  expect(step.outputs.get('success')).toBe('false');
  expect(builtNames(step)).toEqual(['good-1.0']);
  const [error, ...others] = annotationsOf(step, 'error');
  expect(others).toEqual([]);
  expect(error?.title).toBe(`checks.${hostSystem}.bad`);
  expect(error?.message).toMatch(/^bad-1\.0 failed on \S+\nbuilder failed with exit code 3\nit broke$/);
});

test('15. with fail_fast a failure cancels the others, but not together with ignore_build_failures', async () => {
  const slow = shellBuild({ name: 'slow', script: '/usr/bin/sleep 2; echo > "$out"' });
  const slower = shellBuild({ name: 'slower', script: '/usr/bin/sleep 60; echo > "$out"' });
  const failed = await buildChecks({ slower, bad }, { fail_fast: 'true' });
  expect(failed.exitCode).toBe(1);
  expect(failed.seconds).toBeLessThan(20);
  expect(failed.summary).toContain('cancelled');
  const running = await Promise.all(farm.hosts.map((host) => host.processes()));
  expect(running.flat().filter(({ command }) => command.includes('sleep 60'))).toEqual([]);

  const excused = await buildChecks({ slow, bad }, { fail_fast: 'true', ignore_build_failures: 'true' });
  expect(excused.exitCode).toBe(0);
  expect(builtNames(excused)).toEqual(['slow']);
});

test('16. results have the shape of the reference', async () => {
  const step = await buildChecks({ good, bad });
  const path = (name: string) =>
    expect.stringMatching(new RegExp(`^/nix/store/[0-9a-z]{32}-${name}$`)) as string;
  expect(step.results).toEqual({
    checks: {
      [hostSystem]: {
        good: {
          success: true,
          name: 'good-1.0',
          description: 'Works',
          label: `good [${hostSystem}]`,
          drvPath: path('good-1.0.drv'),
          outputs: { out: path('good-1.0') },
        },
        bad: { success: false, name: 'bad-1.0', description: '', label: `bad [${hostSystem}]` },
      },
    },
  });
});

test('20. logs come while a build runs, and are kept', async () => {
  const waiting = 'until [ -e /tmp/go ]; do /usr/bin/sleep 0.05; done';
  const build = (name: string) =>
    shellBuild({ name, script: `echo "${name} waits"\n${waiting}\necho "${name} goes on"\necho > "$out"` });
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { first: build('first'), second: build('second') } },
  });
  const step = await workspace.start(farmInputs(farm));
  await step.untilPrinted('first> first waits\n');
  await step.untilPrinted('second> second waits\n');
  await Promise.all(farm.hosts.map((host) => host.mustExec(['touch', '/tmp/go'])));
  const result = await step.finished;
  expect(result.exitCode).toBe(0);
  for (const name of ['first', 'second']) expect(result.log).toContain(`${name}> ${name} goes on`);
  expect(keptLogs(result)).toEqual(['first waits\nfirst goes on\n', 'second waits\nsecond goes on\n']);
});
