import { readdir, readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { mustRun } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { startCacheBench, type CacheBench } from '../support/action/cache-bench.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createLibraryWorkspace } from '../support/action/library-flake.ts';
import { annotationsOf, jobsOf, outputsOf } from '../support/action/reading.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace, type ActionInputs, type Workspace } from '../support/action/workspace.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { concurrent: test, beforeAll, afterAll } = requires(farmRequirement);

let bench: CacheBench<'b1' | 'b2' | 'store'>;

beforeAll(async () => {
  bench = await startCacheBench((key) => [
    { name: 'b1' },
    { name: 'b2', nix: '2.26.3' },
    { name: 'store', nixConf: [`trusted-public-keys = ${key.public}`] },
  ]);
});
afterAll(() => bench[Symbol.asyncDispose]());

function run(workspace: Workspace, inputs: ActionInputs): Promise<StepResult> {
  return bench.runOn(['b1', 'b2'], workspace, inputs);
}

/** What a cache in a folder says of a path. */
async function narinfo(cache: string, path: string): Promise<string> {
  return readFile(join(cache, `${basename(path).slice(0, 32)}.narinfo`), 'utf8');
}

test('everything that was built is in the cache, signed, and Nix takes it from there', async () => {
  await using workspace = await createLibraryWorkspace();
  const cache = await bench.newFolder();
  const step = await run(workspace, { push_to: `file://${cache}`, push_signing_key: bench.key.secret });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toEqual([]);
  const outputs = outputsOf(step);
  expect(outputs).toHaveLength(2);
  for (const path of outputs) {
    const info = await narinfo(cache, path);
    expect(info).toContain('Sig: test-cache-1:');
    const [, reference = ''] = /^References: (\S+-library)$/m.exec(info) ?? [];
    expect(await narinfo(cache, reference)).toContain('Sig: test-cache-1:');
  }
  // Nix itself verifies signature and contents.
  await mustRun(
    [
      'nix',
      'copy',
      '--from',
      `file://${cache}`,
      '--option',
      'trusted-public-keys',
      bench.key.public,
      ...outputs,
    ],
    { env: { ...process.env, ...runnerNixEnv() } },
  );
});

test('the key is in no file, argument, variable or log', async () => {
  await using workspace = await createLibraryWorkspace();
  const cache = await bench.newFolder();
  // Stands for Nix, tells what it is given and goes on as Nix.
  const bin = await bench.newFolder();
  const seen = join(bin, 'seen');
  for (const name of ['nix', 'nix-daemon']) {
    const program = (await mustRun(['sh', '-c', `command -v ${name}`])).trim();
    const script = `#!/bin/sh\n{ echo "${name} $*"; env; } >> ${seen}\nexec ${program} "$@"\n`;
    await writeFile(join(bin, name), script, { mode: 0o755 });
  }
  const step = await bench.runOn(
    ['b1'],
    workspace,
    { push_to: `file://${cache}`, push_signing_key: bench.key.secret },
    { environment: { PATH: `${bin}:${process.env['PATH']}` } },
  );
  expect(step.exitCode, step.printed).toBe(0);
  const told = await readFile(seen, 'utf8');
  expect(told).toMatch(/^nix-daemon --stdio$/m);
  expect(told).toContain(`store = file://${cache}`);
  const entries = await readdir(workspace.folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
  );
  const secret = bench.key.secret.split(':')[1]?.trim() ?? '';
  expect(secret.length).toBeGreaterThan(80);
  expect([told, step.printed, step.summary, ...texts].join('\n')).not.toContain(secret);
});

test('a Nix host takes what is signed with a key that it trusts, and nothing else', async () => {
  const host = bench.farm.host('store');
  const target = `ssh-ng://stranger@${host.address}`;
  const known_hosts = bench.farm.hosts.map((each) => each.knownHostsLine).join('\n');
  await using workspace = await createLibraryWorkspace();
  const refused = await run(workspace, { push_to: target, known_hosts });
  expect(refused.exitCode, refused.printed).toBe(0);
  expect(annotationsOf(refused, 'warning')).toMatchObject([
    { title: 'Push failed', message: expect.stringMatching(/signature/) as string },
  ]);
  // The outputs exist already; they are brought there all the same.
  const step = await run(workspace, { push_to: target, known_hosts, push_signing_key: bench.key.secret });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toEqual([]);
  for (const path of outputsOf(step)) {
    await host.mustExec(['nix-store', '--verify-path', path]);
    expect(await host.mustExec(['nix', 'path-info', '--sigs', path])).toContain('test-cache-1:');
  }
});

test('a builder can be a target too: it gets what the others have built', async () => {
  await using workspace = await createLibraryWorkspace();
  const b2 = bench.farm.host('b2');
  const target = `ssh-ng://${/ssh-ng:\/\/(\S+)/.exec(b2.machineLine({ hostKey: false }))?.[1]}`;
  const known_hosts = bench.farm.hosts.map((each) => each.knownHostsLine).join('\n');
  const step = await run(workspace, { known_hosts, push_to: target });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toEqual([]);
  for (const path of outputsOf(step)) await b2.mustExec(['nix-store', '--verify-path', path]);
});

test('what a failed build needed is in the cache, and nothing of the build', async () => {
  const library = shellBuild({ name: 'library' });
  const bad = shellBuild({ name: 'bad', needs: { library }, script: 'echo > "$out"; exit 1' });
  await using workspace = await createWorkspace({ checks: { [hostSystem]: { bad } } });
  const cache = await bench.newFolder();
  const step = await run(workspace, { push_to: `file://${cache}` });
  expect(step.exitCode).toBe(1);
  const files = (await readdir(cache)).filter((name) => name.endsWith('.narinfo'));
  const texts = await Promise.all(files.map((name) => readFile(join(cache, name), 'utf8')));
  expect(texts).toEqual([expect.stringMatching(/^StorePath: \S+-library$/m)]);
});

test('a target that can’t be written is a warning, or an error where it is required', async () => {
  await using workspace = await createLibraryWorkspace();
  const push_to = 'file:///proc/nowhere';
  const lenient = await run(workspace, { push_to });
  expect(lenient.exitCode, lenient.printed).toBe(0);
  expect(annotationsOf(lenient, 'warning')).toMatchObject([
    { title: 'Push failed', message: expect.stringContaining('pushed to file:///proc/nowhere') as string },
  ]);
  const strict = await run(workspace, { push_to, push_required: 'true' });
  expect(strict.exitCode).toBe(1);
  expect(annotationsOf(strict, 'error')).toMatchObject([{ title: 'Push failed' }]);
  // The builds themselves are as good as ever.
  expect(Object.values(jobsOf(strict)).map(({ success }) => success)).toEqual([true, true]);
});

test('where Nix knows no such store it is said what it lacks', async () => {
  await using workspace = await createLibraryWorkspace();
  const step = await run(workspace, { push_to: 'gs://bucket' });
  expect(annotationsOf(step, 'warning')[0]?.message).toMatch(
    /don't know how to open Nix store [^.]*'gs[^.]*\. The Nix of this machine knows no such stores/,
  );
});

test('outputs come into the store of the runner, with links that keep them', async () => {
  await using workspace = await createLibraryWorkspace();
  const step = await run(workspace, { copy_outputs: 'true' });
  expect(step.exitCode, step.printed).toBe(0);
  const checkout = join(workspace.folder, 'checkout');
  const roots = await mustRun(['nix-store', '--gc', '--print-roots'], {
    env: { ...process.env, ...runnerNixEnv() },
  });
  for (const name of ['one', 'two']) {
    const path = jobsOf(step)[`checks.${hostSystem}.${name}`]?.outputs?.['out'];
    const link = join(checkout, `result-${name}`);
    expect(await readlink(link)).toBe(path);
    expect(await readFile(link, 'utf8')).toMatch(/^\/nix\/store\/\S+-library\n$/);
    expect(roots).toContain(`${await realpath(checkout)}/result-${name} -> ${path}`);
  }
  const only = await run(workspace, { copy_outputs: 'true', filter_builds: '.attr == "one"' });
  expect(only.exitCode).toBe(0);
  expect(await readlink(join(checkout, 'result'))).toBe(await readlink(join(checkout, 'result-one')));
});

test('a file where a link would go is left alone', async () => {
  await using workspace = await createLibraryWorkspace();
  const file = join(workspace.folder, 'checkout', 'result');
  await writeFile(file, 'mine');
  const step = await run(workspace, { copy_outputs: 'true', filter_builds: '.attr == "one"' });
  expect(step.exitCode).toBe(1);
  expect(annotationsOf(step, 'error')[0]?.message).toContain('is in the way');
  expect(await readFile(file, 'utf8')).toBe('mine');
});
