import { once } from 'node:events';

import type { Duplex } from 'node:stream';

import { describeTrouble, DispatchError } from '../errors.ts';
import type { EvaluationBuild, EvaluationFailure, Job } from '../flake/job.ts';
import type { BuildReport, BuilderReport, JobReport } from '../report/run-report.ts';
import { runAttempt } from './attempt/attempt.ts';
import { withBusyTime } from './busy-time.ts';
import { createLogFolder } from './attempt/build-log.ts';
import type { Cache } from './inventory/cache.ts';
import { createDispatcher, type DispatchProgress } from './dispatcher.ts';
import { createEvaluationRecorder } from './evaluation-builds.ts';
import { createFleet } from './fleet/fleet.ts';
import type { FleetMember } from './fleet/seat.ts';
import { createGraph, factsOf, type DerivationFacts } from './graph/graph.ts';
import { createPlanner } from './graph/plan.ts';
import { timedDerivation, type Durations } from './history/durations.ts';
import { createIntake } from './intake.ts';
import { createInventory } from './inventory/inventory.ts';
import { createInventoryStores } from './inventory/inventory-stores.ts';
import { createLedger } from './ledger/ledger.ts';
import type { AttemptLimits } from './attempt/limits.ts';
import { createNestedRecorder } from './attempt/nested-builds.ts';
import { createMachineWatch } from './machine/machine-watch.ts';
import type { DispatchObserver } from './observer.ts';
import { factsOfDerivation, readDerivation } from './read-derivation.ts';
import { canBuild } from './schedule/constraints.ts';
import { createSchedule } from './schedule/create-schedule.ts';
import type { BuilderId, Granularity, NodeId } from './schedule/events.ts';
import { explainNobodyLeft, explainNoBuilder } from './schedule/explain.ts';
import { createStaging } from './stores/staging.ts';
import type { Store } from './stores/store.ts';
import { holdersOf, isOnlyCached, runnerName, whereIs } from './inventory/whereabouts.ts';

/** What a run is made of. */
export interface RunDispatchOptions {
  readonly builders: readonly FleetMember[];
  readonly runner: Store;
  /** Caches whose contents are not built. */
  readonly caches: readonly Cache[];
  readonly logDirectory: string;
  readonly limits: AttemptLimits;
  readonly infraRetries: number;
  /** Of builds that failed by themselves. */
  readonly retries: number;
  readonly reconnectMs: number;
  readonly graceMs: number;
  readonly failFast: boolean;
  /** Whether jobs are built, or only looked for. */
  readonly builds: boolean;
  /** Of earlier runs; learns from this one. */
  readonly durations: Durations;
  readonly observer: DispatchObserver;
}

/** A run of the dispatcher, from the first job to the last build. */
export interface DispatchRun {
  /** Logs in to the builders; rejects when none can be used. */
  connect(): Promise<void>;
  /** Takes a job; it is built along with whatever came at the same time. */
  select(job: Job): void;
  failed(failure: EvaluationFailure): void;
  /** Takes a build that evaluation had to wait for; `builder` built it. */
  builtForEvaluation(build: EvaluationBuild, builder: string): void;
  /** A stream to a builder's daemon for another client than ours, once all have been tried. Rejects when that one can't be reached. */
  openStream(id: BuilderId): Promise<Duplex>;
  /** The store of a builder that is connected, or of the runner, or of a cache, by the name that outcomes have. */
  storeOf(name: string): Store | undefined;
  /** Resolves when everything selected has ended. Select nothing after calling it. */
  finish(): Promise<void>;
  cancel(): void;
  /** Closes every connection; what still runs is killed by its daemon. */
  close(): void;
  readonly progress: DispatchProgress & {
    /** Names of what is built next, the most urgent first. Untrusted. */
    readonly next: readonly string[];
  };
  result(): DispatchResult;
}

/** What is known of a run at this moment. */
export interface DispatchResult {
  readonly jobs: readonly JobReport[];
  readonly builds: readonly BuildReport[];
  readonly builders: readonly BuilderReport[];
}

/** Puts the parts of the dispatcher together. */
export function createDispatchRun(options: RunDispatchOptions): DispatchRun {
  const { observer, runner, durations } = options;
  const graph = createGraph();
  const ledger = createLedger(graph);
  const fleet = createFleet(options.builders, { ...options, changed: () => intake.retry() });
  const watch = createMachineWatch(fleet);
  const readFacts = async (drvPath: Parameters<typeof readDerivation>[0]): Promise<DerivationFacts> =>
    factsOfDerivation(await readDerivation(drvPath));
  const inventory = createInventory({
    graph,
    stores: () => createInventoryStores(runner, fleet.sessions),
    caches: options.caches,
    readFacts,
  });
  const fits = (facts: DerivationFacts, granularity: Granularity): boolean =>
    fleet.offers.some((offer) => canBuild(offer, { ...facts, granularity }));
  const planner = createPlanner(graph, {
    presence: (node) => inventory.presence(node),
    fitsByDerivation: (facts) => fits(facts, 'derivation'),
    fitsByClosure: (facts) => fits(facts, 'closure'),
    mayYetFit: (facts) => fleet.mayYetBuild(facts),
    expectedSeconds: (node, granularity) => durations.expectedSeconds(timedDerivation(node, granularity)),
    sourceBytes: (node) => inventory.sourceBytes(node),
  });
  const staging = createStaging({
    graph,
    runner,
    holders: (node) =>
      holdersOf(graph.node(node), inventory.presence(node), fleet.sessions, runner, options.caches),
    otherStores: () => [...fleet.sessions, ...options.caches].map(({ store }) => store),
    substitutable: (node) => {
      const presence = inventory.presence(node);
      return presence.kind === 'existing' && presence.substitutable;
    },
    isOnlyCached: (node) => isOnlyCached(inventory.presence(node)),
    cacheFailed: (error) => observer.builderTrouble(error.host ?? 'cache', describeTrouble(error)),
  });
  const logs = createLogFolder(options.logDirectory);
  const attempts = {
    graph,
    staging,
    logs,
    limits: options.limits,
    observer,
    isClosure: ({ id }: { readonly id: NodeId }) => planner.isClosure(id) || staging.lacksInputs(id),
    readDerivation,
    judge: watch.judge,
    recordNested: createNestedRecorder(graph, ledger, observer, readFacts),
    copied: (node: NodeId, bytes: number) => ledger.copied(node, bytes),
  };
  const schedule = createSchedule({ infraRetries: options.infraRetries, retries: options.retries });
  const dispatcher = createDispatcher({
    graph,
    inventory,
    planner,
    schedule,
    staging,
    ledger,
    observer,
    async attempt(node, session, signal) {
      const run = await runAttempt(attempts, node, session, signal);
      const { end, startedAtMs, finishedAtMs } = run.attempt;
      if (end.kind === 'built') {
        const granularity = planner.isClosure(node.id) ? 'closure' : 'derivation';
        const seconds = (finishedAtMs - startedAtMs) / 1000;
        durations.note(timedDerivation(node, granularity), seconds, session.offer.speedFactor);
      }
      return run;
    },
    notStaged: watch.notStaged,
    failed: () => {
      if (options.failFast) cancel();
    },
    explain: (node) => node.unreadable ?? explainNoBuilder(factsOf(node), fleet.offers),
    explainLoss: () => explainNobodyLeft(fleet.offers),
  });

  const cancelled = new AbortController();
  const cancel = (): void => {
    dispatcher.cancel();
    cancelled.abort();
  };
  /** What is under way when the run is cancelled can wait for a machine that doesn't answer. */
  const unlessCancelled = async (work: Promise<void>): Promise<void> => {
    if (cancelled.signal.aborted) return;
    await Promise.race([work, once(cancelled.signal, 'abort')]);
  };

  const besides: Promise<void>[] = [];
  const recordEvaluationBuild = createEvaluationRecorder(graph, ledger, runner, readFacts);

  /** What needs no builder is done while they are being logged in to. */
  const reading = createIntake(async (roots) => {
    // Whatever a `.drv` refers to is kept along with it.
    await Promise.all([runner.hold(roots.map((root) => graph.node(root).drvPath)), inventory.read(roots)]);
    return [];
  });
  reading.open();
  const intake = createIntake(async (roots) => {
    await reading.emptied();
    const later = options.builds ? await dispatcher.add(roots) : [];
    if (!options.builds) await inventory.look(roots);
    for (const root of roots) {
      const where = whereIs(inventory.presence(root), fleet.sessions);
      if (where !== undefined) ledger.existed(root, where);
    }
    return later;
  });

  return {
    async connect() {
      const connecting = fleet.connect(dispatcher);
      // Who only asks what exists has to ask all.
      await unlessCancelled(options.builds ? connecting : connecting.then(() => fleet.tried()));
      intake.open();
    },
    select(job) {
      const node = graph.intern(job.drvPath);
      ledger.jobSelected(job, node.id);
      reading.put(node.id);
      intake.put(node.id);
    },
    failed: (failure) => ledger.jobNotEvaluated(failure),
    builtForEvaluation: (build, builder) => void besides.push(recordEvaluationBuild(build, builder)),
    async openStream(id) {
      await fleet.tried(id);
      const session = fleet.sessions.find((candidate) => candidate.id === id);
      if (session === undefined) throw new DispatchError('unreachable', `builder ${id} is not connected`);
      return (await session.openDaemonChannel()).stream;
    },
    storeOf: (name) =>
      [...fleet.sessions, ...options.caches].find((holder) => holder.name === name)?.store ??
      (name === runnerName ? runner : undefined),
    async finish() {
      await unlessCancelled(intake.emptied());
      await unlessCancelled(Promise.all(besides).then(() => {}));
      await dispatcher.drained();
      await logs.packed();
    },
    cancel,
    close() {
      watch.close();
      fleet.close();
    },
    get progress() {
      const next = schedule.upcoming().map((id) => factsOf(graph.node(id)).name);
      return { ...dispatcher.progress, next };
    },
    result: () => {
      const builds = ledger.builds();
      return { jobs: ledger.jobs(), builds, builders: fleet.reports().map(withBusyTime(builds)) };
    },
  };
}
