import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { annotationsOf } from '../support/action/reading.ts';
import { setUpJob } from '../support/action/set-up-job.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([
    { name: 'b1', nix: '2.34.8' },
    { name: 'b2', nix: '2.26.3' },
    { name: 'b3', nix: '2.8.0' },
  ]);
});
afterAll(() => farm[Symbol.asyncDispose]());

interface SeenBuild {
  readonly name: string;
  readonly system: string;
  readonly builder: string;
  readonly outcome: string;
  readonly message: string | null;
  readonly cpu: { readonly seconds: number; readonly source: string } | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
  readonly logFile: string | null;
}

/** What results.json says of the builds, by name. */
function buildsOf(post: StepResult): Readonly<Record<string, SeenBuild>> {
  const results = JSON.parse(post.kept['results/results.json'] ?? '{}') as { builds: SeenBuild[] };
  return Object.fromEntries(results.builds.map((build) => [build.name, build]));
}

const burn = 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; echo burnt';

test('later Nix commands build on the builders, and the step after the job says what was built', async () => {
  const base = shellBuild({ name: 'base', script: `${burn}; echo base > "$out"` });
  await using workspace = await createWorkspace({
    packages: {
      [hostSystem]: {
        default: shellBuild({
          name: 'top',
          needs: { base },
          script: 'read -r text < "$base"; echo "$text" > "$out"',
        }),
      },
    },
  });
  await using job = await setUpJob(workspace, { ...farmInputs(farm), cost_per_cpu_hour: '1' });
  expect(job.step.exitCode).toBe(0);
  expect(job.step.log.join('\n')).toContain(
    'Nix is told of the builders by NIX_CONFIG, which every later step of this job has: its commands write the store themselves',
  );
  const built = await job.run(['nix', 'build', '--no-link']);
  expect(built, built.stderr).toMatchObject({ code: 0 });

  const post = await job.finish();
  expect(post.exitCode).toBe(0);
  expect(post.summary).toContain('## ✅ 2 derivations built');
  const { base: first, top } = buildsOf(post);
  expect(first).toMatchObject({ outcome: 'built', system: hostSystem, cpu: { source: 'proc' } });
  expect(first?.cpu?.seconds).toBeGreaterThan(0.05);
  expect(farm.hosts.map(({ address }) => address)).toContain(first?.builder);
  expect(top?.dependencies).toEqual([expect.stringContaining('-base.drv')]);
  expect(post.kept[`logs/${first?.logFile}`]).toBe('burnt\n');
  expect(post.summary).toMatch(/Cost|EUR/);
});

test('a build that fails is told of by Nix and by the step after the job, which itself is green', async () => {
  await using workspace = await createWorkspace({
    packages: {
      [hostSystem]: {
        bad: shellBuild({ name: 'bad', script: 'echo no luck; exit 3' }),
        good: shellBuild({ name: 'good' }),
      },
    },
  });
  await using job = await setUpJob(workspace, farmInputs(farm));
  const built = await job.run(['nix', 'build', '--no-link', '--keep-going', '.#bad', '.#good']);
  expect(built.code).not.toBe(0);
  const post = await job.finish();
  expect(post.exitCode).toBe(0);
  expect(post.summary).toContain('## ❌ 1 of 2 builds failed');
  expect(post.summary).toContain('no luck');
  expect(buildsOf(post)).toMatchObject({ bad: { outcome: 'failed' }, good: { outcome: 'built' } });
  expect(annotationsOf(post, 'error')).toHaveLength(1);
});

for (const name of ['b1', 'b2', 'b3']) {
  test(`builder ${name} is a store to build in and to copy from`, () => storeTest(name));
}

async function storeTest(name: string): Promise<void> {
  const host = farm.host(name);
  const needed = shellBuild({ name: 'needed', script: 'echo needed > "$out"' });
  await using workspace = await createWorkspace({
    packages: {
      [hostSystem]: {
        default: shellBuild({
          name: 'wants',
          needs: { needed },
          script: 'echo said; echo "$needed" > "$out"',
        }),
        bad: shellBuild({ name: 'bad', needs: { needed }, script: 'echo no luck; exit 1' }),
      },
    },
  });
  await using job = await setUpJob(workspace, farmInputs(farm));
  const uri = job.stores[host.address] ?? '';
  const elsewhere = ['--store', uri, '--eval-store', 'auto', '--no-link'];
  const built = await job.run(['nix', 'build', '--json', ...elsewhere]);
  expect(built, built.stderr).toMatchObject({ code: 0 });
  const { outputs } = (JSON.parse(built.stdout) as { outputs: { out: string } }[])[0] ?? {
    outputs: { out: '' },
  };
  const copied = await job.run(['nix', 'copy', '--no-check-sigs', '--from', uri, outputs.out]);
  expect(copied, copied.stderr).toMatchObject({ code: 0 });
  const failed = await job.run(['nix', 'build', ...elsewhere, '.#bad']);
  expect(failed.code).not.toBe(0);

  const post = await job.finish();
  expect(buildsOf(post)).toMatchObject({
    needed: { outcome: 'built', builder: host.address },
    wants: { outcome: 'built', builder: host.address, outputs },
    bad: { outcome: 'failed', builder: host.address },
  });
  expect(post.summary).not.toContain('was seen');
}

test('the step after a job that set nothing up does nothing, at once', async () => {
  await using workspace = await createWorkspace({});
  const post = await workspace.run({}, { program: 'post.js' });
  expect(post).toMatchObject({ exitCode: 0, printed: '', summary: '' });
  expect(post.seconds).toBeLessThan(10);
});
