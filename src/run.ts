import type { Builder } from './builders/builder.ts';
import type { Delivered } from './delivery/delivery.ts';
import { checkJobFilter } from './delivery/outputs/choose-jobs.ts';
import { openRunner } from './dispatch/open-runner.ts';
import { explainUnusable } from './doctor/explain-unusable.ts';
import { faultOf, unlessAborted } from './early-end.ts';
import { describeError, toDispatchError, type DispatchError } from './errors.ts';
import { evaluateJobs } from './evaluate-jobs.ts';
import { failGate } from './github/open-checks.ts';
import { publish } from './github/publish.ts';
import { workflowRunOf } from './github/workflow-run.ts';
import type { Inputs } from './inputs/inputs.ts';
import { nixConfOfBuilds } from './inputs/nix-conf.ts';
import { openRun, type OpenRun, type RunEffects } from './open-run.ts';
import { listing } from './report/job-list.ts';
import { excuseNotices, verdictOf } from './report/verdict.ts';

/** How the work ended: what came of it, and the fault that ended it before its time. */
interface Ending {
  readonly delivered: Delivered | undefined;
  readonly fault: DispatchError | undefined;
}

/**
 * The whole road: evaluation, builds (or in mode `evaluate` the question what exists), report. Resolves to the exit code.
 *
 * @throws DispatchError when nothing could be built at all: no usable builder, no flake, no Nix
 */
export async function run(inputs: Inputs, builders: readonly Builder[], effects: RunEffects): Promise<0 | 1> {
  let open: OpenRun | undefined;
  try {
    if (inputs.delivery.uploadOutputs !== '') await checkJobFilter(inputs.delivery.uploadOutputs);
    await using local = await openRunner(nixConfOfBuilds(inputs.nixConf));
    open = await openRun(inputs, builders, local.store, effects);
    const ending = await workToEnd(inputs, open, effects);
    return await report(inputs, builders, open, ending, effects);
  } catch (error) {
    await unlessAborted(effects.end.hurry, endGate(error, inputs, open, effects), undefined);
    throw error;
  }
}

/** Whoever requires the gate must not wait for it, however the run ends. */
async function endGate(
  error: unknown,
  inputs: Inputs,
  open: OpenRun | undefined,
  { runner, environment }: RunEffects,
): Promise<void> {
  const reason = describeError(toDispatchError(error, 'local'));
  if (open !== undefined) return open.checks?.fail(reason);
  const notice = (title: string, message: string) => runner.annotate({ level: 'notice', title, message });
  if (inputs.checkRuns) await failGate(environment, { ...inputs, notice }, reason);
}

/** Evaluates, builds and delivers until all is done, a signal came or nothing more is possible. What was built until then stands. */
async function workToEnd(inputs: Inputs, open: OpenRun, effects: RunEffects): Promise<Ending> {
  const { dispatch } = open;
  const { signal, hurry } = effects.end;
  if (signal.aborted) dispatch.cancel();
  else signal.addEventListener('abort', () => dispatch.cancel(), { once: true });
  let delivered: Delivered | undefined;
  let fault: DispatchError | undefined;
  try {
    const work = workOn(inputs, open, effects).then((done) => (delivered = done));
    await unlessAborted(hurry, work, undefined);
  } catch (error) {
    if (!signal.aborted && dispatch.result().builds.length === 0) {
      await unlessAborted(hurry, tellOfNothing(error, inputs, open, effects), undefined);
      throw error;
    }
    if (!signal.aborted) fault = toDispatchError(error, 'local');
    dispatch.cancel();
    await unlessAborted(hurry, dispatch.finish(), undefined);
  } finally {
    await open.close();
  }
  return { delivered, fault: fault ?? faultOf(effects.end) };
}

async function workOn(inputs: Inputs, open: OpenRun, effects: RunEffects): Promise<Delivered | undefined> {
  const { dispatch, recorder, log, delivery } = open;
  const { environment, end } = effects;
  // Whichever of the two fails, the other has to end with it.
  const failed = new AbortController();
  const signal = AbortSignal.any([end.signal, failed.signal]);
  try {
    await Promise.all([
      dispatch.connect(),
      evaluateJobs({ inputs, environment, signal, dispatch, recorder, log }),
    ]);
    await dispatch.finish();
    return inputs.mode === 'build' ? await delivery.finish(dispatch.result().jobs) : undefined;
  } finally {
    failed.abort();
  }
}

/** Where nothing was built because no builder can be used: says what to change. */
async function tellOfNothing(
  error: unknown,
  inputs: Inputs,
  { credentials, log }: OpenRun,
  { runner }: RunEffects,
): Promise<void> {
  const explanation = await explainUnusable(error, inputs.builders, credentials);
  if (explanation === undefined) return;
  for (const line of explanation.lines) log.say(line);
  if (inputs.generateBuildSummary) await runner.writeSummary(explanation.summary);
}

async function report(
  inputs: Inputs,
  builders: readonly Builder[],
  { dispatch, recorder, folder, checks }: OpenRun,
  { delivered, fault }: Ending,
  { runner, environment, token, end, account }: RunEffects,
): Promise<0 | 1> {
  if (fault !== undefined) recorder.notice('error', 'The run was ended by a fault', describeError(fault));
  const result = dispatch.result();
  const told = await account?.addUsage(result.builds, builders, end.hurry);
  if (told?.warning !== undefined) {
    recorder.notice('warning', 'The usage at nixbuild.net is not known', told.warning);
  }
  const ending = { cancelled: end.signal.aborted || fault !== undefined, finishedAtMs: Date.now() };
  const runReport = {
    ...recorder.report({ ...result, builds: told?.builds ?? result.builds }, ending),
    ...(inputs.mode === 'evaluate' ? listing(result.jobs) : {}),
    archives: delivered?.archives,
    prices: inputs.prices,
  };
  const verdict = verdictOf(runReport, inputs);
  const notices = [...runReport.notices, ...excuseNotices(verdict)];
  const published = await publish(runner, folder, { ...runReport, notices }, verdict, {
    wantsSummary: inputs.generateBuildSummary,
    workflowRun: workflowRunOf(environment),
    token,
    hurry: end.hurry,
  });
  await unlessAborted(end.hurry, Promise.resolve(checks?.close(published, verdict)), undefined);
  return verdict.exitCode;
}
