import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { burns, secondsOfTimes } from '../../scripts/bench/accounting/burns.ts';
import { subjects, type Subject } from '../../scripts/bench/accounting/subjects.ts';
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

// One of each way; that all versions of Nix do well is what the benchmark shows.
const checked = subjects.filter(({ host }) => host.name !== 'stable' && host.name !== 'new');

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm(checked.map(({ host }) => host));
  for (const { host, prepare } of checked) await prepare?.(farm.host(host.name));
});
afterAll(() => farm[Symbol.asyncDispose]());

/** CPU times as reported, and as the builds themselves measured them. */
async function measure({ host, line }: Subject) {
  const wanted = burns.filter(({ what }) => what !== 'long');
  const builds = wanted.map(({ script }, index) => [
    `b${index}`,
    shellBuild({ name: `burn-${index}`, script }),
  ]);
  await using workspace = await createWorkspace({ checks: { [hostSystem]: Object.fromEntries(builds) } });
  const step = await workspace.run(farmInputs(farm, [farm.host(host.name)], line));
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

for (const subject of checked) {
  test(`${subject.kind}: CPU time is what builds used, or a bound of it, and says which`, async () => {
    const builds = await measure(subject);
    const { source } = subject;
    expect(builds.map((build) => build.source)).toEqual([source, source, source, source]);
    for (const { reported, real } of builds) {
      const allowed = Math.max(allowedSeconds, allowedShare * real);
      if (source === 'estimate') expect(reported + allowed).toBeGreaterThanOrEqual(real);
      else expect(Math.abs(reported - real)).toBeLessThanOrEqual(allowed);
    }
    expect(builds.reduce((sum, { real }) => sum + real, 0)).toBeGreaterThan(0.5);
  });
}
