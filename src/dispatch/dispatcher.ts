import { createActivities, type LostWork } from './activities.ts';
import { factsOf, type GraphNode } from './graph/graph.ts';
import type { Planner } from './graph/plan.ts';
import type { Inventory } from './inventory/inventory.ts';
import { createNodeWork, type NodeWorkContext } from './node-work.ts';
import type { LiveSchedule } from './schedule/create-schedule.ts';
import type { BuilderId, NodeId, ScheduleCommand, ScheduleEvent } from './schedule/events.ts';
import type { BuilderSession } from './fleet/session.ts';
import { stillHeld } from './inventory/still-held.ts';

/** Carries out what the scheduler decides, and tells it what came of it. The only place where the two meet. */
export interface Dispatcher {
  /**
   * Finds out what is missing for these derivations and hands it to the scheduler. Resolves to those that have to be added again when another
   * builder has joined or been given up.
   */
  add(roots: readonly NodeId[]): Promise<readonly NodeId[]>;
  /**
   * One that returns is first asked what it still has; one that comes late, what need not be built. Resolves to whether it is among the
   * builders now: not when it was lost while it was asked.
   */
  join(session: BuilderSession): Promise<boolean>;
  /** Returns what it cost; `silentMs`: since it was last heard of. */
  lose(builder: BuilderId, mayReturn: boolean, silentMs?: number): LostWork;
  /** What only a builder has that was lost is not waited for any longer. */
  overdue(builder: BuilderId): void;
  /** From now on the builder has so many slots; 0: it gets no builds. */
  resize(builder: BuilderId, slots: number): void;
  /** From now on what is added and no builder takes that has joined need not wait: what others might take is not added. */
  buildersComplete(): void;
  cancel(): void;
  /** Resolves once nothing is left to do, or at once all builds have ended after `cancel`; add nothing after calling it. */
  drained(): Promise<void>;
  readonly progress: DispatchProgress;
}

/** Derivations that have to be built, as far as is known. */
export interface DispatchProgress {
  readonly total: number;
  readonly done: number;
  /** Of the done ones, those without success. */
  readonly failed: number;
}

/** What the dispatcher works with. */
export interface DispatcherContext extends NodeWorkContext {
  readonly inventory: Pick<Inventory, 'take'>;
  readonly planner: Planner;
  readonly schedule: LiveSchedule;
  /** Is told of each build that ended without success and was not cancelled. */
  readonly failed: () => void;
  readonly explain: (node: GraphNode) => string;
  /** Why a build that had builders has none any more. */
  readonly explainLoss: () => string;
}

/** Nothing is known to it before the first `add` and `join`. */
export function createDispatcher(context: DispatcherContext): Dispatcher {
  const { graph, ledger, observer, schedule } = context;
  const sessions = new Map<BuilderId, BuilderSession>();
  const active = createActivities();
  const open = new Set<NodeId>();
  const queue: ScheduleEvent[] = [];
  const total = new Set<NodeId>();
  let isApplying = false;
  let isCancelled = false;
  let adding = 0;
  let settled = 0;
  let whenDrained: (() => void) | undefined;

  const settleIfDone = (): void => {
    // Whoever cancels wants the results that there are.
    const isAllKnown = isCancelled || (adding === 0 && !work.isMeasuring);
    if (open.size === 0 && !work.isBuilding && isAllKnown) whenDrained?.();
  };

  const cancel = (): void => {
    if (isCancelled) return;
    isCancelled = true;
    tell({ kind: 'cancelled' });
  };

  /** Commands can lead to events at once; those wait until the command list is done. */
  const tell = (event: ScheduleEvent): void => {
    queue.push(event);
    if (isApplying) return;
    isApplying = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        for (const command of schedule.apply(next, performance.now() / 1000)) perform(command);
      }
    } finally {
      isApplying = false;
    }
    settleIfDone();
  };

  const perform = (command: ScheduleCommand): void => {
    if (command.kind === 'settle') {
      open.delete(command.node);
      settled += 1;
      const node = graph.node(command.node);
      const { kind } = command.settlement;
      const why = kind === 'no-builder' ? context.explain(node) : context.explainLoss();
      ledger.settled(command.node, command.settlement, why);
      if (kind === 'no-builder') observer.gaveUp(factsOf(node).name, why);
      if (kind !== 'cancelled') context.failed();
      return;
    }
    if (command.kind === 'stop') {
      active.stop(command.node, command.builder);
      return;
    }
    const session = sessions.get(command.builder);
    if (session === undefined) return;
    const isBuild = command.kind === 'start';
    const signal = active.begin(command.node, command.builder, isBuild);
    if (isBuild) open.add(command.node);
    const begin = isBuild ? work.build : work.stage;
    void begin(graph.node(command.node), session, signal).then((event) => {
      active.end(command.node, command.builder, signal);
      // What comes from a builder that is lost by now is built again, if it is still wanted.
      const isBuilt = event.kind === 'finished' && event.result.kind === 'built';
      if (isBuilt && !signal.aborted) open.delete(command.node);
      if (signal.aborted) settleIfDone();
      else tell(event);
    });
  };

  const work = createNodeWork(context, tell, () => settleIfDone());

  return {
    async add(roots) {
      if (isCancelled) return [];
      adding += 1;
      try {
        await context.inventory.take(roots);
        const premature = context.planner.premature(roots);
        const nodes = context.planner.plan(roots.filter((root) => !premature.has(root)));
        for (const node of nodes) {
          if (node.kind !== 'build') continue;
          open.add(node.id);
          total.add(node.id);
        }
        if (nodes.length > 0) tell({ kind: 'nodes-added', nodes });
        return [...premature];
      } finally {
        adding -= 1;
        settleIfDone();
      }
    },
    async join(session) {
      const { id, offer } = session;
      sessions.set(id, session);
      const idle = [...open].filter((node) => !active.isBuilding(node));
      const asked = [...new Set([...schedule.absent(id), ...idle])];
      if (asked.length === 0) {
        tell({ kind: 'builder-joined', builder: offer });
        return true;
      }
      const holds = await stillHeld(
        session,
        asked.map((node) => graph.node(node)),
      );
      if (sessions.get(id) !== session) return false;
      tell({ kind: 'builder-joined', builder: offer, holds });
      // Nobody builds what is there, or is back.
      for (const node of holds) {
        ledger.existed(node, session.name);
        if (!active.isBuilding(node)) open.delete(node);
      }
      settleIfDone();
      return true;
    },
    overdue: (builder) => tell({ kind: 'builder-overdue', builder }),
    lose(builder, mayReturn, silentMs = 0) {
      sessions.delete(builder);
      const work = active.abandon(builder, silentMs);
      tell({ kind: 'builder-lost', builder, mayReturn });
      return work;
    },
    resize: (builder, maxJobs) => tell({ kind: 'slots-changed', builder, maxJobs }),
    buildersComplete: () => tell({ kind: 'builders-complete' }),
    cancel,
    drained: () =>
      new Promise((resolve) => {
        whenDrained = resolve;
        settleIfDone();
      }),
    get progress() {
      return { total: total.size, done: total.size - open.size, failed: settled };
    },
  };
}
