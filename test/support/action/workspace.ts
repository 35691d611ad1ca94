import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mustRun } from '../../../scripts/provision/command.ts';
import { flakeText, type FlakeOutputs } from './flake.ts';
import { startStep, type RunningStep, type StepOptions } from './step.ts';
import type { StepResult } from './step-result.ts';

/** Inputs by name, as a workflow gives them. */
export type ActionInputs = Readonly<Record<string, string>>;

/** A checked-out repository on a runner, gone with its runner after disposal. */
export interface Workspace extends AsyncDisposable {
  /** Holds all that a step can leave behind: the checkout, the home folder and the runner's temporary folder. */
  readonly folder: string;
  /** Starts the action as a step of a job. */
  start(inputs: ActionInputs, options?: StepOptions): Promise<RunningStep>;
  /** Runs the action as a step of a job, to its end. */
  run(inputs: ActionInputs, options?: StepOptions): Promise<StepResult>;
}

/** Makes a repository with a flake of these outputs, whose derivations are in no store yet. */
export function createWorkspace(outputs: FlakeOutputs): Promise<Workspace> {
  return createWorkspaceWith({ 'flake.nix': flakeText(outputs, randomUUID()) });
}

/** Makes a repository with these files, by path. */
export async function createWorkspaceWith(files: Readonly<Record<string, string>>): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-action-'));
  const checkout = join(folder, 'checkout');
  await Promise.all(['checkout', 'home', 'temp'].map((name) => mkdir(join(folder, name))));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(checkout, path)), { recursive: true });
    await writeFile(join(checkout, path), text);
  }
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
  const git = (...words: readonly string[]) => mustRun(['git', '-C', checkout, ...author, ...words]);
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message=test');

  const start = (inputs: ActionInputs, options: StepOptions = {}): Promise<RunningStep> =>
    startStep(folder, inputs, options);
  return {
    folder,
    start,
    run: async (inputs, options) => await (await start(inputs, options)).finished,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
