import { machine, type } from 'node:os';
import { join } from 'node:path';

import { joinStreams } from './builders/expose/join-streams.ts';
import { exposeBuilders, type ExposedBuilders } from './builders/expose/socket-store.ts';
import { systemOfUname } from './builders/machine-facts.ts';
import type { DispatchRun } from './dispatch/run-dispatch.ts';
import { evaluateFlake } from './flake/evaluate.ts';
import type { ResolvedFlake } from './flake/job.ts';
import { placeInRepository } from './flake/repository-position.ts';
import { cacheFolderOf } from './github/cache-folder.ts';
import type { LiveLog } from './github/live-log.ts';
import type { Inputs } from './inputs/inputs.ts';
import { nixConfigText } from './inputs/nix-conf.ts';
import { createEvaluationLog } from './report/log/evaluation.ts';
import type { Recorder } from './report/recorder.ts';

/** What the stage of evaluation works with. */
export interface EvaluationStage {
  readonly inputs: Inputs;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly dispatch: DispatchRun;
  readonly recorder: Recorder;
  readonly log: LiveLog;
}

/**
 * Hands every job on as soon as it is evaluated. What evaluation has to build itself (import from derivation) goes to the same builders: Nix
 * finds them behind sockets of this machine, so it needs no key.
 *
 * @throws DispatchError when the flake or the filter can't be evaluated at all
 */
export async function evaluateJobs(stage: EvaluationStage): Promise<void> {
  const { inputs, dispatch } = stage;
  const exposed = await exposeBuilders({
    builders: inputs.builders,
    defaultSystem: systemOfUname(type(), machine()) ?? '',
    serve: async (id, client) => joinStreams(client, await dispatch.openStream(id)),
  });
  try {
    await evaluate(stage, exposed);
  } finally {
    await exposed.close();
  }
}

async function evaluate(stage: EvaluationStage, exposed: ExposedBuilders): Promise<void> {
  const { inputs, environment, signal, dispatch, recorder, log } = stage;
  const { workers, maxMemoryBytes, timeoutMs, systems, usesCache } = inputs.evaluation;
  const events = evaluateFlake({
    flake: inputs.flake,
    topAttrs: inputs.topAttrs,
    systems,
    filter: inputs.filterBuilds,
    label: inputs.labelBuilds,
    nixArgs: inputs.nixArgs,
    nixConf: [importSettings(exposed, inputs), nixConfigText(inputs)].join('\n'),
    workers,
    maxMemoryBytes,
    timeoutMs,
    environment,
    cacheFolder: usesCache ? join(cacheFolderOf(environment), 'evaluations') : undefined,
    signal,
  });
  const workspace = environment['GITHUB_WORKSPACE'] ?? process.cwd();
  const lineOf = createEvaluationLog(() => performance.now());
  let flake: ResolvedFlake | undefined;
  for await (const event of events) {
    const line = lineOf(event);
    if (line !== undefined) log.say(line);
    switch (event.kind) {
      case 'resolved':
        ({ flake } = event);
        recorder.resolved(flake);
        break;
      case 'job':
        dispatch.select(event.job);
        break;
      case 'failure':
        dispatch.failed(placeInRepository(event.failure, flake?.localPath, workspace));
        break;
      case 'evaluation-build': {
        const builder = exposed.nameOf(event.build.machine) ?? 'local';
        dispatch.builtForEvaluation(event.build, builder);
        log.say(`evaluation needed ${event.build.drvPath}, which was built on ${builder}`);
        break;
      }
      case 'warning':
        recorder.notice('warning', 'Warning of the evaluation', event.message);
        break;
      case 'progress':
      case 'finished':
        recorder.evaluated(event.progress, event.kind === 'finished');
    }
  }
}

/** Settings for what evaluation builds; the user's own come after them and win. */
function importSettings({ machineLines }: ExposedBuilders, { builders }: Inputs): string {
  if (machineLines === '') return '';
  const buildsHere = builders.some(({ address }) => address.kind === 'local');
  return [
    `builders = ${machineLines.replaceAll('\n', ' ; ')}`,
    'builders-use-substitutes = true',
    ...(buildsHere ? [] : ['max-jobs = 0']),
  ].join('\n');
}
