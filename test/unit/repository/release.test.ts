import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { changesOf } from '../../../scripts/docs/changelog.ts';
import { mustRun, runCommand, searchPath } from '../../../scripts/provision/command.ts';

const root = join(import.meta.dirname, '../../..');
const releaseWorkflow = parse(await readFile(join(root, '.github/workflows/release.yml'), 'utf8')) as {
  jobs: { release: { steps: readonly { name?: string; run?: string }[] } };
};
const today = '2026-01-31';

// Each release starts some thirty processes.
vi.setConfig({ testTimeout: 90_000 });

let folder: string;
let checkout: string;
const git = async (...words: readonly string[]) =>
  (
    await mustRun(['git', '-C', checkout, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words])
  ).trim();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-release-'));
  checkout = join(folder, 'checkout');
  for (const path of ['action.yml', 'package.json', '.github/workflows/ci-workflow.yml', 'scripts']) {
    await mkdir(dirname(join(checkout, path)), { recursive: true });
    await cp(join(root, path), join(checkout, path), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
  await writeFile(join(checkout, '.gitignore'), 'node_modules\n');
  // Stands for GitHub's own program, and keeps what it was asked for.
  await mkdir(join(folder, 'programs'));
  await writeFile(join(folder, 'programs/gh'), `#!/bin/sh\necho "$@" >> '${folder}/gh.log'\n`, {
    mode: 0o755,
  });
  await mustRun(['git', 'init', '--quiet', '--bare', join(folder, 'origin')]);
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'origin', join(folder, 'origin'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Commits a version as a maintainer prepares it, with these words about it. */
async function prepare(version: string, changes = 'Something new.'): Promise<void> {
  const manifest = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as object;
  await writeFile(join(checkout, 'package.json'), JSON.stringify({ ...manifest, version }));
  const changelog = `# Changelog\n\n## [${version}] - ${today}\n\n### Added\n\n- ${changes}\n`;
  await writeFile(join(checkout, 'CHANGELOG.md'), changelog);
  await git('add', '--all');
  await git('commit', '--quiet', `--message=${version}`);
}

/** Runs the scripts of release.yml that are about the version, as they stand there. */
async function release(version: string): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const scripts = releaseWorkflow.jobs.release.steps.flatMap(({ run }) =>
    run?.includes('scripts/release.ts') === true ? [run] : [],
  );
  expect(scripts).toHaveLength(2);
  const environment = {
    PATH: `${join(folder, 'programs')}:${searchPath()}`,
    HOME: folder,
    RUNNER_TEMP: folder,
    GITHUB_REPOSITORY: 'OWNER/nix-dispatch',
    VERSION: version,
  };
  for (const script of scripts) {
    const command = ['bash', '-eo', 'pipefail', '-c', script];
    const { code, stderr } = await runCommand(command, { cwd: checkout, env: environment });
    if (code !== 0) return { code, stderr };
  }
  return { code: 0, stderr: '' };
}

/** Removes an input from action.yml and the reusable workflow. */
async function removeInput(name: string): Promise<void> {
  for (const path of ['action.yml', '.github/workflows/ci-workflow.yml']) {
    const text = await readFile(join(checkout, path), 'utf8');
    const shorter = text.replace(new RegExp(`^( +)${name}:\\n(?:\\1 +.*\\n)+`, 'm'), '');
    expect(shorter).not.toBe(text);
    await writeFile(join(checkout, path), shorter);
  }
}

const tagged = async (tag: string) =>
  (await mustRun(['git', '-C', join(folder, 'origin'), 'rev-parse', `${tag}^{commit}`])).trim();
const notes = () => readFile(join(folder, 'notes.md'), 'utf8');

it('tags a version, moves the tag of its major version, and publishes its notes', async () => {
  await prepare('1.0.0');
  expect(await release('1.0.0')).toMatchObject({ code: 0 });
  await prepare('1.1.0', 'Second.');
  expect(await release('1.1.0')).toMatchObject({ code: 0 });
  expect(await tagged('v1.0.0')).toBe(await git('rev-parse', 'HEAD~1'));
  expect(await tagged('v1.1.0')).toBe(await git('rev-parse', 'HEAD'));
  expect(await tagged('v1')).toBe(await tagged('v1.1.0'));
  expect(await notes()).toMatch(/^### Added\n\n- Second\.\n\n\[Documents .*\/tree\/v1\.1\.0#readme\)\n$/);
  expect(await readFile(join(folder, 'gh.log'), 'utf8')).toContain(
    'release create v1.1.0 --verify-tag --title v1.1.0 --notes-file',
  );
});

it('leaves the tag of the major version where it is for prereleases and for fixes of older releases', async () => {
  for (const version of ['1.2.0', '1.3.0-beta.1', '1.1.1', '2.0.0']) {
    await prepare(version);
    expect(await release(version)).toMatchObject({ code: 0 });
  }
  expect(await tagged('v1')).toBe(await tagged('v1.2.0'));
  expect(await tagged('v2')).toBe(await tagged('v2.0.0'));
  expect(await readFile(join(folder, 'gh.log'), 'utf8')).toMatch(/create v1\.3\.0-beta\.1 .* --prerelease$/m);
});

it('tells inputs that came and went, and lets them go only with a new major version that says so', async () => {
  await prepare('1.0.0');
  expect(await release('1.0.0')).toMatchObject({ code: 0 });
  await removeInput('currency');
  await prepare('1.1.0');
  expect((await release('1.1.0')).stderr).toContain('new major version after v1.0.0, since it takes away');
  await prepare('2.0.0');
  expect((await release('2.0.0')).stderr).toContain('name what it takes away:\n- Gone: input `currency`');
  await prepare('2.0.0', 'Without `currency`.');
  expect(await release('2.0.0')).toMatchObject({ code: 0 });
  expect(await notes()).toContain('### Interface since v1.0.0\n\n- Gone: input `currency`\n');
});

it.each([
  ['1.0.1', 'the version of package.json, which is 1.0.0; got 1.0.1'],
  ['v1.0.0', 'a version such as 1.2.3; got "v1.0.0"'],
])('refuses %s where 1.0.0 is prepared', async (version, message) => {
  await prepare('1.0.0');
  const { code, stderr } = await release(version);
  expect(stderr).toContain(message);
  expect(code).toBe(1);
});

it('refuses a version that is out already, and leaves its tag alone', async () => {
  await prepare('1.0.0');
  await release('1.0.0');
  const before = await tagged('v1.0.0');
  await prepare('1.0.0', 'Once more.');
  expect((await release('1.0.0')).stderr).toContain("tag 'v1.0.0' already exists");
  expect(await tagged('v1.0.0')).toBe(before);
});

it('takes notes from the section of a version that has a date', () => {
  const changelog =
    '# Changelog\n\n## [Unreleased]\n\n- Soon\n\n## [1.0.0] - 2026-01-01\n\n- Old\n\n## [0.9.0] - 2025-01-01\n';
  expect(changesOf('1.0.0', changelog)).toBe('- Old');
  for (const version of ['Unreleased', '1.0', '2.0.0', '0.9.0']) {
    expect(() => changesOf(version, changelog)).toThrow(version);
  }
});
