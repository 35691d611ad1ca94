import type { Builder } from './builders/builder.ts';
import type { Credentials } from './builders/credentials.ts';
import { openCaches } from './delivery/caches.ts';
import { createDelivery, type Delivered } from './delivery/delivery.ts';
import { checkJobFilter } from './delivery/outputs/choose-jobs.ts';
import { createDestinations } from './delivery/destinations.ts';
import { explainUnusable } from './doctor/explain-unusable.ts';
import { faultOf, unlessAborted, type EarlyEnd } from './early-end.ts';
import { describeError, toDispatchError, type DispatchError } from './errors.ts';
import { evaluateJobs } from './evaluate-jobs.ts';
import { openHistory } from './dispatch/history/history-file.ts';
import { openRunner } from './dispatch/open-runner.ts';
import { createDispatchRun } from './dispatch/run-dispatch.ts';
import { fleetMembers } from './fleet-members.ts';
import { createArtifactFolder } from './github/artifact-folder.ts';
import { historyFileOf } from './github/cache-folder.ts';
import { createLiveLog, type LiveLog } from './github/live-log.ts';
import { watchedBy } from './github/job-checks.ts';
import { openChecks, type ChecksOptions } from './github/open-checks.ts';
import { publish, withPublishedFlake } from './github/publish.ts';
import type { Runner } from './github/runner.ts';
import { workflowRunOf } from './github/workflow-run.ts';
import { credentialsOf } from './inputs/credentials.ts';
import type { Inputs } from './inputs/inputs.ts';
import { readRunnerCaches } from './runner-caches.ts';
import { createRecorder, type Recorder } from './report/recorder.ts';
import type { NixbuildAccount } from './nixbuild/account.ts';
import { listing } from './report/job-list.ts';
import type { Selection } from './report/run-report.ts';
import { verdictOf } from './report/verdict.ts';

/** What the program is given by whoever starts it. */
export interface RunEffects {
  readonly runner: Runner;
  readonly environment: NodeJS.ProcessEnv;
  /** Random text that no build can know. */
  readonly token: string;
  readonly end: EarlyEnd;
  /** Undefined where nothing is built at nixbuild.net. */
  readonly account: NixbuildAccount | undefined;
}

/** How long a builder that was lost, or could not be reached at first, is tried again, in times of keepalive: 2 min unless set. */
const reconnectKeepalives = 4;

/**
 * The whole road: evaluation, builds (or in mode `evaluate` the question what exists), report. Resolves to the exit code.
 *
 * @throws DispatchError when nothing could be built at all: no usable builder, no flake, no Nix
 */
export async function run(
  inputs: Inputs,
  builders: readonly Builder[],
  { runner, environment, token, end, account }: RunEffects,
): Promise<0 | 1> {
  const folder = await createArtifactFolder(environment, inputs.artifactPrefix);
  if (inputs.delivery.uploadOutputs !== '') await checkJobFilter(inputs.delivery.uploadOutputs);
  const recorder = createRecorder(inputs.flake, selectionOf(inputs), Date.now());
  await using local = await openRunner();
  const credentials = credentialsOf(inputs, account, warnOfUnchecked(recorder));
  const log: LiveLog = createLiveLog({
    print: (line) => runner.print(line),
    token,
    folds: environment['GITHUB_ACTIONS'] === 'true' && environment['ACT'] !== 'true',
    progress: () => ({ ...dispatch.progress, isTotalFinal: recorder.isEvaluationFinal }),
  });
  // While the log is open, commands are not obeyed, and a notice waits for the report.
  let isLogOpen = false;
  const workflowRun = workflowRunOf(environment);
  const checksOptions: ChecksOptions = {
    ...inputs,
    snapshot() {
      const report = recorder.report(dispatch.result(), { cancelled: false, finishedAtMs: Date.now() });
      return withPublishedFlake({ ...report, prices: inputs.prices }, workflowRun);
    },
    notice(title, message) {
      if (isLogOpen) recorder.notice('notice', title, message);
      else runner.annotate({ level: 'notice', title, message });
    },
  };
  const checks = inputs.checkRuns ? await openChecks(environment, checksOptions) : undefined;
  const destinations = createDestinations({
    targets: inputs.delivery.pushTo,
    credentials,
    nixConf: inputs.nixConf,
    signal: end.signal,
  });
  const { skipsCached } = inputs.delivery;
  const runnerCaches =
    skipsCached || inputs.sharesSubstituters ? readRunnerCaches(inputs, environment) : undefined;
  const caches =
    skipsCached && runnerCaches !== undefined
      ? openCaches({
          runner: await runnerCaches,
          targets: inputs.delivery.pushTo,
          destinations,
          key: inputs.delivery.signingKey,
          nixConf: inputs.nixConf,
          notice: (level, title, message) => recorder.notice(level, title, message),
        })
      : undefined;
  const delivery = createDelivery({
    inputs: inputs.delivery,
    destinations,
    builders,
    dispatch: { storeOf: (name) => dispatch.storeOf(name) },
    runner: local.store,
    directory: process.cwd(),
    folders: folder,
    say: (line) => log.say(line),
    notice: (level, title, message) => recorder.notice(level, title, message),
    signal: end.signal,
  });
  const history = await openHistory(historyFileOf(inputs.history, environment), (message) =>
    recorder.notice('notice', 'Durations of earlier runs', message),
  );
  const dispatch = createDispatchRun({
    builders: fleetMembers(
      builders,
      credentials,
      local.store,
      inputs.sharesSubstituters ? runnerCaches : undefined,
      (builder, why) =>
        recorder.notice(
          'warning',
          'Substituters are not shared',
          `${builder} uses its own caches only: ${why}.`,
        ),
    ),
    runner: local.store,
    caches: caches?.caches ?? [],
    logDirectory: folder.logs,
    limits: inputs.limits,
    infraRetries: inputs.limits.infraRetries,
    reconnectMs: reconnectKeepalives * inputs.limits.keepaliveMs,
    graceMs: inputs.limits.keepaliveMs,
    failFast: inputs.failFast && !inputs.ignoreBuildFailures,
    builds: inputs.mode === 'build',
    durations: history.durations,
    observer: delivery.watch(checks === undefined ? log : watchedBy(checks, log)),
  });
  const { signal, hurry } = end;
  if (signal.aborted) dispatch.cancel();
  else signal.addEventListener('abort', () => dispatch.cancel(), { once: true });

  log.open();
  isLogOpen = true;
  // Whichever of the two fails, the other has to end with it.
  const failed = new AbortController();
  let delivered: Delivered | undefined;
  const work = async (): Promise<void> => {
    const both = AbortSignal.any([signal, failed.signal]);
    await Promise.all([
      dispatch.connect(),
      evaluateJobs({ inputs, environment, signal: both, dispatch, recorder, log }),
    ]);
    await dispatch.finish();
    if (inputs.mode === 'build') delivered = await delivery.finish(dispatch.result().jobs);
  };
  let fault: DispatchError | undefined;
  try {
    await unlessAborted(hurry, work(), undefined);
  } catch (error) {
    if (!signal.aborted && dispatch.result().builds.length === 0) {
      const reason = describeError(toDispatchError(error, 'local'));
      await unlessAborted(hurry, Promise.resolve(checks?.fail(reason)), undefined);
    }
    // What was built until then stands, and is reported with the reason why there is no more.
    if (!signal.aborted && dispatch.result().builds.length === 0) {
      await unlessAborted(hurry, explain(error, inputs, credentials, runner, log), undefined);
      throw error;
    }
    if (!signal.aborted) fault = toDispatchError(error, 'local');
    dispatch.cancel();
    await unlessAborted(hurry, dispatch.finish(), undefined);
  } finally {
    failed.abort();
    caches?.close();
    for (const destination of destinations) if (destination.kind === 'store') destination.close();
    dispatch.close();
    log.close();
    isLogOpen = false;
    await history.keep();
  }

  fault ??= faultOf(end);
  if (fault !== undefined) recorder.notice('error', 'The run was ended by a fault', describeError(fault));
  const result = dispatch.result();
  const told = await account?.addUsage(result.builds, builders, hurry);
  if (told?.warning !== undefined) {
    recorder.notice('warning', 'The usage at nixbuild.net is not known', told.warning);
  }
  const ending = { cancelled: signal.aborted || fault !== undefined, finishedAtMs: Date.now() };
  const report = {
    ...recorder.report({ ...result, builds: told?.builds ?? result.builds }, ending),
    ...(inputs.mode === 'evaluate' ? listing(result.jobs) : {}),
    archives: delivered?.archives,
    prices: inputs.prices,
  };
  const verdict = verdictOf(report, inputs);
  const published = await publish(runner, folder, report, verdict, {
    wantsSummary: inputs.generateBuildSummary,
    workflowRun,
    token,
    hurry,
  });
  await unlessAborted(hurry, Promise.resolve(checks?.close(published, verdict)), undefined);
  return verdict.exitCode;
}

/** What to change where no builder can be used. */
async function explain(
  error: unknown,
  inputs: Inputs,
  credentials: (builder: Builder) => Credentials,
  runner: Runner,
  log: LiveLog,
): Promise<void> {
  const explanation = await explainUnusable(error, inputs.builders, credentials);
  if (explanation === undefined) return;
  for (const line of explanation.lines) log.say(line);
  if (inputs.generateBuildSummary) await runner.writeSummary(explanation.summary);
}

/** Each time, and once for each host: whoever asked for it should see what it costs. */
function warnOfUnchecked(recorder: Recorder): (host: string, line: string) => void {
  const told = new Set<string>();
  return (host, line) => {
    if (told.has(line)) return;
    told.add(line);
    recorder.notice(
      'warning',
      `The host key of ${host} was not checked`,
      `host_key_checking is off, so anybody in the network could have answered in its place. This line in known_hosts vouches for it: ${line}`,
    );
  };
}

function selectionOf({ topAttrs, filterBuilds, failOnEmpty }: Inputs): Selection {
  return { topAttrs, filter: filterBuilds, failOnEmpty };
}
