import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { mustRun } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { startArtifactService } from '../support/action/artifact-service.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { annotationsOf, jobsOf } from '../support/action/reading.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

const library = shellBuild({ name: 'library', script: 'echo lib > "$out"' });
/** A tree with everything that an archive can get wrong. */
const tree = shellBuild({
  name: 'tree',
  needs: { library },
  script: [
    '/bin/mkdir -p $out/bin $out/empty "$out/größe ✓"',
    `printf '#!/bin/sh\\necho hello from %s\\n' "$library" > $out/bin/hello; /bin/chmod 755 $out/bin/hello`,
    'echo "$library" > "$out/größe ✓/4755 -rf"',
    '/bin/ln -s /etc/passwd $out/outside; /bin/ln -s ../../../up $out/up; /bin/ln -s bin/hello $out/hello',
    `echo long > $out/${'n'.repeat(200)}`,
    '/bin/ln -s hello "$out/$(printf "bad\\377")"',
  ].join('\n'),
});
const several = `(derivation { name = "several"; system = "${hostSystem}"; builder = "/bin/sh"; inherit nonce;
  outputs = [ "out" "dev" ]; args = [ "-ec" "echo $dev > $out; echo dev > $dev" ]; })`;

let farm: Farm;
let workspace: Workspace;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nix-dispatch-outputs-'));
  farm = await startFarm([
    { name: 'b1', nix: '2.34.8', systemFeatures: ['ca-derivations'] },
    { name: 'b2', nix: '2.26.3' },
  ]);
  workspace = await createWorkspace({
    packages: {
      [hostSystem]: {
        tree,
        several,
        'odd/../name "x"': shellBuild({ name: 'odd', script: 'echo odd > "$out"' }),
        floating: shellBuild({ name: 'floating', script: 'echo content > "$out"', contentAddressed: true }),
        bad: shellBuild({ name: 'bad', script: 'echo no; exit 1' }),
      },
    },
  });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

function run(inputs: Readonly<Record<string, string>>, environment = {}): Promise<StepResult> {
  const nix_conf = 'extra-experimental-features = ca-derivations';
  const filter_builds = '.top_attr == "packages"';
  const more = { nix_conf, filter_builds, ignore_build_failures: 'true' };
  return workspace.run({ ...farmInputs(farm), ...more, ...inputs }, { environment });
}

async function unpack(archive: string): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'unpacked-'));
  await mustRun(['tar', '--extract', '--file', archive, '--directory', folder]);
  return folder;
}

test('outputs of the selected jobs become archives and a binary cache', async () => {
  const step = await run({ upload_outputs: '.name != "odd" or .outcome == "built"' });
  expect(step.exitCode, step.printed).toBe(0);
  expect(annotationsOf(step, 'warning')).toMatchObject([
    {
      title: 'Outputs are not in the artifact',
      message: expect.stringContaining('packages.') as string,
    },
  ]);
  const outputs = step.outputs.get('outputs_path') ?? '';
  const names = await readdir(outputs);
  const base = `packages.${hostSystem}`;
  expect(names.filter((name) => !name.includes('odd')).sort()).toEqual(
    ['floating', 'several', 'tree'].map((name) => `${base}.${name}.tar.zst`),
  );
  expect(names.find((name) => name.includes('odd'))).toMatch(
    /^packages\.\w+-linux\.odd_\.\._name__x_-[0-9a-f]{12}\.tar\.zst$/,
  );

  const told = JSON.parse(step.kept['results/results.json'] ?? '') as {
    readonly jobs: readonly { readonly archive: string | null }[];
  };
  expect(told.jobs.flatMap(({ archive }) => archive ?? []).sort()).toEqual(names.toSorted());

  const folder = await unpack(join(outputs, `${base}.tree.tar.zst`));
  const root = join(folder, 'result');
  expect((await readdir(root)).sort()).toEqual(
    ['bin', 'empty', 'größe ✓', 'hello', 'n'.repeat(200), 'outside', 'up'].sort(),
  );
  expect(execFileSync(join(root, 'hello'), { encoding: 'utf8' })).toMatch(
    /^hello from \/nix\/store\/.*-library\n$/,
  );
  expect((await stat(join(root, 'bin/hello'))).mode & 0o7777).toBe(0o755);
  expect((await stat(join(root, 'größe ✓/4755 -rf'))).mode & 0o7777).toBe(0o644);
  expect(await readlink(join(root, 'outside'))).toBe('/etc/passwd');
  expect(await readlink(join(root, 'up'))).toBe('../../../up');
  expect(await readdir(join(root, 'empty'))).toEqual([]);
  const both = await unpack(join(outputs, `${base}.several.tar.zst`));
  expect(await readFile(join(both, 'result-dev'), 'utf8')).toBe('dev\n');
  expect(await readFile(join(both, 'result'), 'utf8')).toMatch(/-several-dev\n$/);

  const store = await mkdtemp(join(scratch, 'store-'));
  const cache = `file://${step.outputs.get('cache_path')}`;
  const paths = Object.values(jobsOf(step)).flatMap(({ outputs = {} }) => Object.values(outputs));
  expect(paths).toHaveLength(5);
  const nix = (...words: readonly string[]) =>
    mustRun(['nix', ...words], { env: { ...process.env, ...runnerNixEnv(['require-sigs = false']) } });
  await nix('copy', '--no-check-sigs', '--from', cache, '--to', store, ...paths);
  const closure = await nix('path-info', '--store', store, '--recursive', ...paths);
  expect(closure.trim().split('\n')).toHaveLength(paths.length + 1);
  await nix('store', 'verify', '--store', store, '--no-trust', '--recursive', ...paths);
  const treePath = paths.find((path) => path.endsWith('-tree')) ?? '';
  expect(await readdir(join(store, treePath), { encoding: 'latin1' })).toContain('bad\u00ff');
});

test('a wrong expression is told before anything is built', async () => {
  const step = await run({ upload_outputs: '.attr ==' });
  expect(step.exitCode).toBe(1);
  expect(annotationsOf(step, 'error')[0]?.message).toContain('upload_outputs is not valid jq');
  expect(step.log.filter((line) => line.includes('building on'))).toEqual([]);
});

test('they are uploaded as two artifacts, without being compressed again', async () => {
  await using service = await startArtifactService();
  const step = await run({ upload_outputs: '.attr == "several"' }, service.environment);
  expect(step.exitCode, step.printed).toBe(0);
  expect(annotationsOf(step, 'warning')).toEqual([]);
  const named = new Map(
    service.artifacts.map(({ name, contents }) => [name.replace(/^.*-(?=build-)/, ''), contents]),
  );
  expect([...named.keys()].sort()).toEqual(['build-cache', 'build-logs', 'build-outputs', 'build-results']);
  expect(named.get('build-cache')?.includes('nar/')).toBe(true);
  expect(named.get('build-outputs')?.includes(`packages.${hostSystem}.several.tar.zst`)).toBe(true);
  const ids = ['results', 'logs', 'outputs', 'cache'].map((name) => step.outputs.get(`${name}_artifact_id`));
  expect(ids).toEqual(['1', '2', '3', '4']);
});

test('an expression that selects nothing is a notice', async () => {
  const step = await run({ upload_outputs: '.attr == "bad"' });
  expect(step.exitCode).toBe(0);
  expect(annotationsOf(step, 'notice')).toContainEqual(
    expect.objectContaining({ title: 'No outputs are uploaded' }),
  );
  expect(step.outputs.get('outputs_path')).toBeUndefined();
});
