import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { hostileNames, literal } from '../support/action/hostile-flake.ts';
import { annotationsOf } from '../support/action/reading.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspaceWith, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

/** What GitHub takes of a job's outputs, at two bytes for each UTF-16 unit, and of a step's summary. */
const mostBytes = 1024 * 1024;
const count = 5000;

let farm: Farm;
let workspace: Workspace;
let step: StepResult;

/** Every other attribute is the same build, which fails; the others can't be evaluated. */
function flakeText(): string {
  // No REPL of Nix takes these in a name.
  const names = hostileNames.map((name) => literal(name.replaceAll(/[\u0007\u001b]/g, '')));
  return `{ outputs = { self }: let
    nonce = "${randomUUID()}";
    names = [ ${names.join(' ')} ];
    broken = ${shellBuild({ name: 'broken', script: 'echo broken\nexit 1' })};
    job = index: {
      name = builtins.elemAt names (index - index / ${names.length} * ${names.length}) + " ${'long '.repeat(25)}" + toString index;
      value = if index - index / 2 * 2 == 0 then broken else throw "not this one";
    };
  in { checks.${hostSystem} = builtins.listToAttrs (builtins.genList job ${count}); }; }\n`;
}

beforeAll(async () => {
  farm = await startFarm([{ name: 'b1', nix: '2.34.8' }]);
  workspace = await createWorkspaceWith({ 'flake.nix': flakeText() });
  step = await workspace.run(farmInputs(farm), { timeoutMs: 110_000 });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

test('outputs of 5,000 jobs with hostile names are within what GitHub takes', () => {
  expect(step.exitCode, step.printed.slice(-2000)).toBe(1);
  expect(JSON.parse(step.outputs.get('counts') ?? '')).toMatchObject({
    jobs: count,
    failed: count / 2,
    evaluationFailed: count / 2,
  });
  const bytes = [...step.outputs].reduce((sum, [name, value]) => sum + 2 * (name.length + value.length), 0);
  expect(bytes).toBeLessThan(mostBytes);
  expect(step.outputs.get('success')).toBe('false');
  expect([...step.outputs.keys()].toSorted()).toEqual([
    'artifact_dir',
    'cost',
    'counts',
    'cpu_seconds',
    'html_report_path',
    'results_path',
    'success',
    'summary_path',
  ]);
});

test('what does not fit is in the artifact, and said so in log and summary', () => {
  const kept = (name: string): unknown => JSON.parse(step.kept[`results/${name}`] ?? '');
  expect(kept('output-failed.json')).toHaveLength(count);
  expect(kept('jobs.json')).toHaveLength(count / 2);
  expect(
    Object.keys(
      (kept('output-results.json') as Record<string, Record<string, object>>)['checks']?.[hostSystem] ?? {},
    ),
  ).toHaveLength(count);
  const titles = ['failed', 'results', 'jobs'].map((name) => `The output ${name} is too large`);
  expect(annotationsOf(step, 'warning').map(({ title }) => title)).toEqual(titles);
  for (const title of titles) expect(step.summary).toContain(title);
});

test('summary, annotations and reports keep their limits too', () => {
  expect(Buffer.byteLength(step.summary)).toBeLessThan(mostBytes);
  for (const level of ['error', 'warning', 'notice'] as const) {
    expect(annotationsOf(step, level).length).toBeLessThanOrEqual(10);
  }
  for (const name of ['results.json', 'junit.xml', 'report.html']) {
    expect(step.kept[`results/${name}`]?.length).toBeGreaterThan(mostBytes / 2);
  }
  expect(step.printed).not.toMatch(/^::(?:set-output|set-env|add-path)/m);
});
