import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { mustRun, searchPath } from '../../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../../scripts/provision/runner-nix.ts';
import { findTool } from '../../../scripts/provision/tools.ts';

const root = join(import.meta.dirname, '../../..');

// Stands for actions that act would download before it finds that their steps are skipped.
const emptyAction = `name: empty
description: does nothing
runs:
  using: composite
  steps:
    - run: echo "an action of others ran"
      shell: sh
`;

/** What act printed and how it ended. */
export interface ActRun {
  readonly code: number | null;
  readonly output: string;
}

/** A home folder in which act finds everything that it would fetch from github.com. */
export interface ActHome extends AsyncDisposable {
  readonly folder: string;
  /** A checkout of this repository as it is now, with the bundle of these sources. */
  readonly published: string;
  /** Runs a command line, in which act is real act, in a folder. */
  run(command: string, cwd: string, environment: Readonly<Record<string, string>>): Promise<ActRun>;
}

/** Makes it: this repository as it is now is published there as `OWNER/nix-dispatch`, with a tag `v1`. */
export async function createActHome(): Promise<ActHome> {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-act-'));
  const published = join(folder, 'published');
  const empty = join(folder, 'empty');
  await publish(published);
  const others = await actionsOfOthers();
  for (const { path } of others) {
    await mkdir(join(empty, path), { recursive: true });
    await writeFile(join(empty, path, 'action.yml'), emptyAction);
  }
  const programs = join(folder, 'programs');
  await mkdir(programs);
  await symlink(findTool('act') ?? '', join(programs, 'act'));
  const options = [
    '--no-cache-server',
    '--action-offline-mode',
    `--local-repository=OWNER/nix-dispatch@v1=${published}`,
    ...new Set(others.map(({ name }) => `--local-repository=${name}=${empty}`)),
  ];
  // act reads its options from here too, so that a command can stay as people write it.
  await writeFile(join(folder, '.actrc'), `${options.join('\n')}\n`);
  return {
    folder,
    published,
    run: (command, cwd, environment) =>
      runShell(command, cwd, {
        PATH: `${programs}:${searchPath()}`,
        HOME: folder,
        ...insteadOf('https://github.com/OWNER/nix-dispatch', published),
        ...runnerNixEnv(),
        ...environment,
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function publish(folder: string): Promise<void> {
  for (const path of ['action.yml', 'package.json', '.github/workflows', 'examples']) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await cp(join(root, path), join(folder, path), { recursive: true });
  }
  await cp(inject('bundleFolder'), join(folder, 'dist'), { recursive: true });
  await commitAll(folder);
  await mustRun(['git', '-C', folder, 'tag', 'v1']);
}

/** Makes a folder a repository with everything in it committed, as checked out from `me/mine`. */
export async function commitAll(folder: string): Promise<void> {
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
  const git = (...words: readonly string[]) => mustRun(['git', '-C', folder, ...author, ...words]);
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'origin', 'https://github.com/me/mine.git');
  await git('add', '--all', '--force');
  await git('commit', '--quiet', '--message=test');
}

/**
 * With the folder in their repositories that they are in. Each is there by the commit that our workflows pin and by the
 * major version that documents name.
 */
async function actionsOfOthers(): Promise<readonly { readonly name: string; readonly path: string }[]> {
  const workflows = ['example.yml', 'ci-workflow.yml'];
  const texts = await Promise.all(
    workflows.map((name) => readFile(join(root, '.github/workflows', name), 'utf8')),
  );
  const uses = texts.flatMap((text) => [
    ...text.matchAll(/(?<=uses: )([\w-]+\/[\w-]+)((?:\/[\w-]+)*)@(\w+) # (v\d+)/g),
  ]);
  return uses.flatMap(([, repository = '', path = '', commit = '', major = '']) =>
    [commit, major].map((revision) => ({ name: `${repository}@${revision}`, path })),
  );
}

/** Environment in which git fetches from a folder instead. */
function insteadOf(url: string, folder: string): Readonly<Record<string, string>> {
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.${folder}.insteadOf`,
    GIT_CONFIG_VALUE_0: url,
  };
}

async function runShell(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<ActRun> {
  const child = spawn('bash', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(chunks).toString() };
}
