import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { jobsOf } from '../support/action/reading.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

interface Results {
  readonly builds: readonly {
    readonly name: string;
    readonly drvPath: string;
    readonly logFile: string | null;
  }[];
}

test('a large log is compressed, named by every report, and what Nix has as the log', async () => {
  await using farm = await startFarm([{ name: 'b1', nix: '2.34.8' }]);
  const script =
    'i=0; while [ $i -lt 30000 ]; do i=$((i+1)); echo "line $i of a log that is rather long"; done';
  await using workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        large: shellBuild({ name: 'large', script: `${script}; exit 1` }),
        small: shellBuild({ name: 'small', script: 'echo one; echo > "$out"' }),
      },
    },
  });
  const step = await workspace.run({ ...farmInputs(farm), ignore_build_failures: 'true' });
  expect(step.exitCode, step.printed.slice(-2000)).toBe(0);
  expect(Object.keys(jobsOf(step))).toHaveLength(2);
  const { builds } = JSON.parse(step.kept['results/results.json'] ?? '') as Results;
  const fileOf = (name: string): string => builds.find((build) => build.name === name)?.logFile ?? '';
  expect(fileOf('large')).toMatch(/^large-[0-9a-z]{8}\.log\.zst$/);
  expect(fileOf('small')).toMatch(/^small-[0-9a-z]{8}\.log$/);

  const folder = join(step.outputs.get('artifact_dir') ?? '', 'logs');
  expect((await readdir(folder)).toSorted()).toEqual([fileOf('large'), fileOf('small')]);
  const log = zstdDecompressSync(await readFile(join(folder, fileOf('large')))).toString();
  const drvPath = builds.find(({ name }) => name === 'large')?.drvPath ?? '';
  // Nix keeps it under the hash of the derivation.
  const [start, rest] = [basename(drvPath).slice(0, 2), basename(drvPath).slice(2)];
  const kept = await farm.host('b1').mustExec(['bzcat', `/nix/var/log/nix/drvs/${start}/${rest}.bz2`]);
  expect(log).toBe(kept);

  expect(step.summary).toContain(`whole log: <code>${fileOf('large')}</code>`);
  expect(step.kept['results/report.html']).toContain(fileOf('large'));
});
