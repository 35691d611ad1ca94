import { runCommand, type CommandOptions, type CommandResult } from '../../../scripts/provision/command.ts';
import type { ActionInputs, Workspace } from './workspace.ts';
import { runnerEnvironment, type StepOptions } from './step.ts';
import type { StepResult } from './step-result.ts';

/** A job whose step of mode `setup` has ended. */
export interface SetUpJob extends AsyncDisposable {
  readonly step: StepResult;
  /** URI of each builder's store, by the builder's name. */
  readonly stores: Readonly<Record<string, string>>;
  /** Runs a command as a later step of the job, in its checkout. */
  run(command: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Runs the step after the job. */
  finish(): Promise<StepResult>;
}

/** Runs the step; when it goes well, disposal ends what it left behind. */
export async function setUpJob(
  workspace: Workspace,
  inputs: ActionInputs,
  options: StepOptions = {},
): Promise<SetUpJob> {
  const all = { mode: 'setup', ...inputs };
  const step = await workspace.run(all, options);
  const stores: unknown = JSON.parse(step.outputs.get('stores') ?? '{}');
  let finished: Promise<StepResult> | undefined;
  const finish = (): Promise<StepResult> => {
    const environment = Object.fromEntries(
      [...step.state].map(([name, value]) => [`STATE_${name}`, value] as const),
    );
    finished ??= workspace.run(all, {
      ...options,
      program: 'post.js',
      environment: { ...options.environment, ...environment },
    });
    return finished;
  };
  return {
    step,
    stores: Object.fromEntries(Object.entries(Object(stores)).map(([name, uri]) => [name, String(uri)])),
    run: (command, { env, ...more } = {}) =>
      runCommand(command, {
        cwd: `${workspace.folder}/checkout`,
        env: {
          ...runnerEnvironment(workspace.folder),
          ...options.environment,
          ...Object.fromEntries(step.variables),
          ...env,
        },
        ...more,
      }),
    finish,
    [Symbol.asyncDispose]: async () => void (await finish()),
  };
}
