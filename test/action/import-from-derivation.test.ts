import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem } from '../support/action/flake.ts';
import { jobsOf } from '../support/action/reading.ts';
import { createWorkspaceWith } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'b1', nix: '2.34.8' },
    { name: 'b2', nix: '2.26.3', system: 'aarch64-linux' },
  ]);
});
afterAll(() => farm[Symbol.asyncDispose]());

/** Two attributes whose names come out of builds, one of them on a foreign system, and one whose build fails. */
function flakeText(nonce: string): string {
  return `{ outputs = { self }: let
    build = system: name: script: derivation { inherit system name; builder = "/bin/sh"; args = [ "-c" script ]; nonce = "${nonce}"; };
    imported = system: import (build system "generated-\${system}" "echo '\\"from-\${system}\\"' > $out");
    broken = import (build "${hostSystem}" "broken-import" "echo no luck; exit 3");
  in { checks.${hostSystem} = {
    near = build "${hostSystem}" (imported "${hostSystem}") "echo > $out";
    far = build "${hostSystem}" (imported "aarch64-linux") "echo > $out";
    bad = build "${hostSystem}" broken "echo > $out";
  }; }; }`;
}

test('what evaluation has to build is built on the builders, foreign systems too, and counts', async () => {
  await using workspace = await createWorkspaceWith({ 'flake.nix': flakeText(`${Date.now()}`) });
  const step = await workspace.run({
    ...farmInputs(farm),
    nix_conf: 'allow-import-from-derivation = true',
  });
  expect(step.exitCode).toBe(1);
  expect(jobsOf(step)).toMatchObject({
    [`checks.${hostSystem}.near`]: { success: true, name: `from-${hostSystem}` },
    [`checks.${hostSystem}.far`]: { success: true, name: 'from-aarch64-linux' },
  });
  const results = JSON.parse(step.kept['results/results.json'] ?? '{}') as {
    builds: { name: string; builder: string; outcome: string; isForEvaluation?: boolean }[];
  };
  const forEvaluation = results.builds.filter(({ isForEvaluation }) => isForEvaluation === true);
  expect(Object.fromEntries(forEvaluation.map(({ name, outcome }) => [name, outcome]))).toEqual({
    'broken-import': 'failed',
    'generated-aarch64-linux': 'built',
    [`generated-${hostSystem}`]: 'built',
  });
  const [near, far] = farm.hosts;
  expect(forEvaluation.find(({ name }) => name.includes('aarch64'))?.builder).toBe(far?.address);
  expect(forEvaluation.find(({ name }) => name.endsWith(hostSystem))?.builder).toBe(near?.address);
  expect(step.log.join('\n')).toContain('evaluation needed');
});

test('without it the message says what to set', async () => {
  await using workspace = await createWorkspaceWith({ 'flake.nix': flakeText(`${Date.now()}`) });
  const step = await workspace.run({
    ...farmInputs(farm),
    nix_conf: 'allow-import-from-derivation = false',
  });
  expect(step.exitCode).toBe(1);
  expect(step.log.join('\n')).toContain('allow-import-from-derivation = true');
});
