import type { Builder } from './builders/builder.ts';
import type { Credentials } from './builders/credentials.ts';
import { openCaches } from './delivery/caches/caches.ts';
import { createDelivery, type Delivery } from './delivery/delivery.ts';
import { createDestinations } from './delivery/push/destinations.ts';
import { openHistory } from './dispatch/history/history-file.ts';
import { createDispatchRun, type DispatchRun } from './dispatch/run-dispatch.ts';
import type { Store } from './dispatch/stores/store.ts';
import type { EarlyEnd } from './early-end.ts';
import { fleetMembers } from './fleet-members.ts';
import { createArtifactFolder, type ArtifactFolder } from './github/artifact-folder.ts';
import { historyFileOf } from './github/cache-folder.ts';
import { watchedBy, type JobChecks } from './github/job-checks.ts';
import { createLiveLog, type LiveLog } from './github/live-log.ts';
import { openChecks } from './github/open-checks.ts';
import { withPublishedFlake } from './github/publish.ts';
import type { Runner } from './github/runner.ts';
import { workflowRunOf } from './github/workflow-run.ts';
import { credentialsOf } from './inputs/credentials.ts';
import type { Inputs } from './inputs/inputs.ts';
import { warnOfUncheckedHosts } from './inputs/unchecked-hosts.ts';
import type { NixbuildAccount } from './nixbuild/account.ts';
import { createRecorder, type Recorder } from './report/recorder.ts';
import type { Selection } from './report/run-report.ts';
import { readRunnerCaches } from './runner-caches.ts';

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

/** What a run works with until its report. */
export interface OpenRun {
  readonly folder: ArtifactFolder;
  readonly recorder: Recorder;
  readonly log: LiveLog;
  /** Undefined where none are wanted, or none can be written. */
  readonly checks: JobChecks | undefined;
  readonly delivery: Delivery;
  readonly dispatch: DispatchRun;
  readonly credentials: (builder: Builder) => Credentials;
  /** Lets go of builders, stores and the log, and keeps how long builds took. */
  close(): Promise<void>;
}

/** How long a builder that was lost, or could not be reached at first, is tried again, in times of keepalive: 2 min unless set. */
const reconnectKeepalives = 4;

/** Brings together what a run works with; its log is open from here on. No builder is logged in to yet. */
export async function openRun(
  inputs: Inputs,
  builders: readonly Builder[],
  local: Store,
  { runner, environment, token, end, account }: RunEffects,
): Promise<OpenRun> {
  const folder = await createArtifactFolder(environment, inputs.artifactPrefix);
  const recorder = createRecorder(inputs.flake, selectionOf(inputs), Date.now());
  const { notice } = recorder;
  const credentials = credentialsOf(inputs, account, warnOfUncheckedHosts(notice));
  const log = createLiveLog({
    print: (line) => runner.print(line),
    token,
    folds: environment['GITHUB_ACTIONS'] === 'true' && environment['ACT'] !== 'true',
    progress: () => ({ ...dispatch.progress, isTotalFinal: recorder.isEvaluationFinal }),
  });
  // While the log is open, commands are not obeyed, and a notice waits for the report.
  let isLogOpen = false;
  const checks = inputs.checkRuns
    ? await openChecks(environment, {
        ...inputs,
        snapshot() {
          const report = recorder.report(dispatch.result(), { cancelled: false, finishedAtMs: Date.now() });
          return withPublishedFlake({ ...report, prices: inputs.prices }, workflowRunOf(environment));
        },
        notice(title, message) {
          if (isLogOpen) notice('notice', title, message);
          else runner.annotate({ level: 'notice', title, message });
        },
      })
    : undefined;
  const { pushTo, signingKey, skipsCached } = inputs.delivery;
  const { nixConf } = inputs;
  const destinations = createDestinations({ targets: pushTo, credentials, nixConf, signal: end.signal });
  const runnerCaches =
    skipsCached || inputs.sharesSubstituters ? readRunnerCaches(inputs, environment) : undefined;
  const caches =
    skipsCached && runnerCaches !== undefined
      ? openCaches({
          runner: await runnerCaches,
          targets: pushTo,
          destinations,
          key: signingKey,
          nixConf,
          notice,
        })
      : undefined;
  const delivery = createDelivery({
    inputs: inputs.delivery,
    destinations,
    builders,
    dispatch: { storeOf: (name) => dispatch.storeOf(name) },
    runner: local,
    directory: process.cwd(),
    folders: folder,
    say: (line) => log.say(line),
    notice,
    signal: end.signal,
  });
  const history = await openHistory(historyFileOf(inputs.history, environment), (message) =>
    notice('notice', 'Durations of earlier runs', message),
  );
  const shared = inputs.sharesSubstituters ? runnerCaches : undefined;
  const dispatch = createDispatchRun({
    builders: fleetMembers(builders, credentials, local, shared, warnOfUnshared(notice)),
    runner: local,
    caches: caches?.caches ?? [],
    logDirectory: folder.logs,
    limits: inputs.limits,
    infraRetries: inputs.limits.infraRetries,
    retries: inputs.limits.retries,
    reconnectMs: reconnectKeepalives * inputs.limits.keepaliveMs,
    graceMs: inputs.limits.keepaliveMs,
    failFast: inputs.failFast && !inputs.ignoreBuildFailures,
    builds: inputs.mode === 'build',
    durations: history.durations,
    observer: delivery.watch(checks === undefined ? log : watchedBy(checks, log)),
  });
  log.open();
  isLogOpen = true;
  return {
    folder,
    recorder,
    log,
    checks,
    delivery,
    dispatch,
    credentials,
    async close() {
      caches?.close();
      for (const destination of destinations) if (destination.kind === 'store') destination.close();
      dispatch.close();
      log.close();
      isLogOpen = false;
      await history.keep();
    },
  };
}

function warnOfUnshared(notice: Recorder['notice']): (builder: string, why: string) => void {
  return (builder, why) =>
    notice('warning', 'Substituters are not shared', `${builder} uses its own caches only: ${why}.`);
}

function selectionOf({ topAttrs, filterBuilds, failOnEmpty, evaluation }: Inputs): Selection {
  return { topAttrs, systems: evaluation.systems, filter: filterBuilds, failOnEmpty };
}
