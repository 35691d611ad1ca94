import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runnerNixEnv } from '../provision/runner-nix.ts';
import { showLine } from './workflow-commands.ts';

/** Inputs by name, as a workflow gives them. */
export type ActionInputs = Readonly<Record<string, string>>;

/** Where a run differs from one in the repository's own folder. */
export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs the bundle of `root` as a process, as a runner does, and shows its log as people would see it.
 *
 * @returns its exit code
 */
export async function runAction(
  root: string,
  outputFile: string,
  inputs: ActionInputs,
  options: RunOptions = {},
): Promise<number> {
  const variables = Object.entries(inputs).map(
    ([name, text]) => [`INPUT_${name.toUpperCase()}`, text] as const,
  );
  const action = spawn(process.execPath, [join(root, 'dist', 'index.js')], {
    cwd: options.cwd ?? root,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      // By it git knows that we are root on behalf of whom the checkout belongs to.
      SUDO_UID: process.env['SUDO_UID'],
      ...runnerNixEnv(),
      ...Object.fromEntries(variables),
      GITHUB_OUTPUT: outputFile,
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(action, 'exit');
  const state = { stopToken: undefined };
  for await (const line of createInterface({ input: action.stdout })) {
    const shown = showLine(state, line);
    if (shown !== undefined) console.log(shown);
  }
  const [code] = (await exited) as [number | null];
  return code ?? 1;
}
