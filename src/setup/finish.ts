import { publish } from '../github/publish.ts';
import type { Runner } from '../github/runner.ts';
import { workflowRunOf } from '../github/workflow-run.ts';
import { verdictOf } from '../report/verdict.ts';
import { removeMachines, type AddedMachines } from './configure/machines-file.ts';
import { askToEnd } from './lifecycle/control.ts';

/** What the step after the job needs of whoever starts it. */
export interface FinishEffects {
  readonly runner: Runner;
  readonly environment: NodeJS.ProcessEnv;
  /** Random text that no build can know. */
  readonly token: string;
  /** Aborted when there is no time left to wait for anybody's answer. */
  readonly hurry: AbortSignal;
}

/**
 * Ends the background process and reports what was seen of it. Builds that failed have failed a step of the job already.
 *
 * @param control the process's socket
 * @throws DispatchError `local` when it is not there any more
 */
export async function finishSetup(
  control: string,
  { runner, environment, token, hurry }: FinishEffects,
): Promise<void> {
  const { report, folder, wantsSummary } = await askToEnd(control).catch(async (error: unknown) => {
    // It would have done this itself.
    const added = addedMachines(environment['STATE_added'] ?? '');
    if (added !== undefined) await removeMachines(added);
    throw error;
  });
  const excused = { ignoreBuildFailures: true, ignoreEvalFailures: true, failOnEmpty: false };
  await publish(runner, folder, report, verdictOf(report, excused), {
    wantsSummary,
    workflowRun: workflowRunOf(environment),
    token,
    hurry,
  });
}

/** What the step left that set the builders up. */
function addedMachines(text: string): AddedMachines | undefined {
  if (text === '') return undefined;
  const added: AddedMachines = JSON.parse(text);
  return added;
}
