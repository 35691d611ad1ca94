import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { searchPath } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { findTool } from '../../scripts/provision/tools.ts';
import { startFarm } from '../support/farm/farm.ts';
import { act, farm as farmRequirement, requires } from '../support/requirements.ts';

const root = join(import.meta.dirname, '../..');

// Stands for actions that act would download before it finds that their steps are skipped.
const emptyAction = `name: empty
description: does nothing
runs:
  using: composite
  steps:
    - run: 'true'
      shell: sh
`;

/** `--local-repository` options that put an empty action in place of every action of others in these workflows. */
async function standIns(folder: string, workflows: readonly string[]): Promise<readonly string[]> {
  await mkdir(folder);
  await writeFile(join(folder, 'action.yml'), emptyAction);
  const texts = await Promise.all(
    workflows.map((name) => readFile(join(root, '.github/workflows', name), 'utf8')),
  );
  const used = new Set(texts.flatMap((text) => text.match(/(?<=uses: )[\w-]+\/[\w-]+@\w+/g) ?? []));
  return [...used].map((action) => `--local-repository=${action}=${folder}`);
}

/** Runs real act in host mode; resolves to its exit code and its whole output. */
async function runAct(run: {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}) {
  const program = findTool('act') ?? '';
  const child = spawn(program, run.arguments, {
    cwd: root,
    env: { PATH: searchPath(), ...runnerNixEnv(), ...run.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(chunks).toString() };
}

const { test } = requires(farmRequirement, act);

test('act runs the example, as a step and through the reusable workflow, on real builders', async () => {
  await using farm = await startFarm([
    { name: 'b1', nix: '2.34.8' },
    { name: 'b2', nix: '2.8.0' },
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-act-'));
  try {
    const builders = farm.hosts.map((host) => host.machineLine({ hostKey: false })).join(';');
    const knownHosts = await readFile(farm.knownHostsPath, 'utf8');
    const { code, output } = await runAct({
      arguments: [
        'workflow_dispatch',
        '--workflows=.github/workflows/example.yml',
        '--platform=ubuntu-24.04=-self-hosted',
        '--no-cache-server',
        '--action-offline-mode',
        ...(await standIns(join(folder, 'empty'), ['example.yml', 'ci-workflow.yml'])),
        `--input=builders=${builders}`,
        `--input=known_hosts=${knownHosts}`,
        '--secret=SSH_KEY',
      ],
      environment: { SSH_KEY: farm.clientKey, HOME: folder },
    });
    expect(output).toContain('success is true, results are {"checks":{"x86_64-linux":');
    expect(output.match(/Job succeeded/g), output).toHaveLength(3);
    expect(output).not.toContain('PRIVATE KEY');
    expect(code).toBe(0);
    // What act works in is gone by now.
    const kept = [...output.matchAll(/::set-output:: artifact_dir=(.*)/g)].map(([, path = '']) => path);
    expect(kept).toHaveLength(2);
    for (const path of kept) expect(await readdir(path)).toEqual(['logs', 'results', 'summary.md']);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);
