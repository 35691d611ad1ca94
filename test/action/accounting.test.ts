import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { burns, secondsOfTimes } from '../../scripts/bench/accounting/burns.ts';
import type { FullResults } from '../../src/report/full-results.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

/** Reported CPU time may be off by the larger of the two. */
const allowedShare = 0.05;
const allowedSeconds = 0.05;

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'daemon', nix: '2.8.0', maxJobs: 2 },
    { name: 'cgroups', nix: '2.26.3', maxJobs: 2, cgroups: true },
    { name: 'hidden', nix: '2.34.8', maxJobs: 2 },
  ]);
  await farm.host('hidden').mustExec(['mount', '-o', 'remount,hidepid=invisible', '/proc']);
});
afterAll(() => farm[Symbol.asyncDispose]());

/** CPU times as reported, and as the builds themselves measured them. */
async function measure(hostName: string) {
  const wanted = burns.filter(({ what }) => what !== 'long');
  const builds = wanted.map(({ script }, index) => [
    `b${index}`,
    shellBuild({ name: `burn-${index}`, script }),
  ]);
  await using workspace = await createWorkspace({ checks: { [hostSystem]: Object.fromEntries(builds) } });
  const step = await workspace.run(farmInputs(farm, [farm.host(hostName)]));
  const kept = step.outputs.get('artifact_dir') ?? '';
  const results: FullResults = JSON.parse(await readFile(join(kept, 'results', 'results.json'), 'utf8'));
  return await Promise.all(
    results.builds.map(async ({ cpu, logFile }) => {
      const log = await readFile(join(kept, 'logs', logFile ?? ''), 'utf8');
      return {
        source: cpu?.source,
        reported: cpu?.seconds ?? Number.NaN,
        real: secondsOfTimes(log) ?? Number.NaN,
      };
    }),
  );
}

for (const [name, source] of [
  ['daemon', 'proc'],
  ['cgroups', 'cgroup'],
] as const) {
  test(`CPU time of builds by the builder's ${source} is what they used`, async () => {
    const builds = await measure(name);
    expect(builds.map((build) => build.source)).toEqual([source, source, source, source]);
    for (const { reported, real } of builds) {
      expect(Math.abs(reported - real)).toBeLessThanOrEqual(Math.max(allowedSeconds, allowedShare * real));
    }
    expect(builds.reduce((sum, { real }) => sum + real, 0)).toBeGreaterThan(0.5);
  });
}

test('a builder that shows nobody its processes gets an upper bound, marked as such', async () => {
  const builds = await measure('hidden');
  expect(new Set(builds.map((build) => build.source))).toEqual(new Set(['estimate']));
  for (const { reported, real } of builds) expect(reported + allowedSeconds).toBeGreaterThanOrEqual(real);
});
