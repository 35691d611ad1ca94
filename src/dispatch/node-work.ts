import { describeTrouble, toDispatchError, type DispatchError } from '../errors.ts';
import type { AttemptRun } from './attempt/attempt.ts';
import type { Graph, GraphNode } from './graph/graph.ts';
import type { Planner } from './graph/plan.ts';
import type { Ledger } from './ledger/ledger.ts';
import { scheduleResultOf } from './ledger/outcome.ts';
import { inputsWith, MissingInput } from './stores/missing-input.ts';
import type { DispatchObserver } from './observer.ts';
import type { ScheduleEvent } from './schedule/events.ts';
import type { BuilderSession } from './fleet/session.ts';
import type { Staging } from './stores/staging.ts';

/** Begins what the scheduler wants done with a node on a builder; resolves to the event that tells of its end. Never rejects. */
export type BeginWork = (
  node: GraphNode,
  session: BuilderSession,
  signal: AbortSignal,
) => Promise<ScheduleEvent>;

/** The two things that are done with a node on a builder. */
export interface NodeWork {
  /** Brings its inputs, or what it stands for, to the builder. */
  readonly stage: BeginWork;
  /** Builds it there. */
  readonly build: BeginWork;
  readonly isBuilding: boolean;
  /** Figures of builds that have ended are still on their way. */
  readonly isMeasuring: boolean;
}

/** What the work needs, and who is told of it. */
export interface NodeWorkContext {
  readonly graph: Graph;
  readonly planner: Pick<Planner, 'isClosure'>;
  readonly staging: Pick<Staging, 'inputs' | 'closure'>;
  readonly ledger: Ledger;
  readonly observer: DispatchObserver;
  /** Builds in one slot; never throws: whatever happens is the attempt's end. */
  readonly attempt: (node: GraphNode, session: BuilderSession, signal: AbortSignal) => Promise<AttemptRun>;
  /** Looks at a builder that something could not be brought to; never rejects. */
  readonly notStaged: (session: BuilderSession, error: DispatchError) => Promise<void>;
}

/** From here on it is worth a thought whether slots should wait for what is brought; it takes less than that as a rule. */
const stageLastsMs = 2000;

/**
 * @param tell takes what the scheduler has to know before the work ends
 * @param measured called when the figures of a build have come
 */
export function createNodeWork(
  context: NodeWorkContext,
  tell: (event: ScheduleEvent) => void,
  measured: () => void,
): NodeWork {
  const { graph, ledger, observer, staging } = context;
  let building = 0;
  let measuring = 0;

  return {
    async stage(node, session, signal) {
      const place = { node: node.id, builder: session.id };
      const lasts = setInterval(() => {
        if (!signal.aborted) tell({ kind: 'stage-lasts', ...place });
      }, stageLastsMs).unref();
      try {
        const bytes = context.planner.isClosure(node.id)
          ? await staging.closure(node, session.store)
          : await staging.inputs(node, session.store);
        ledger.copied(node.id, bytes);
        return { kind: 'staged', ...place };
      } catch (thrown) {
        const error = toDispatchError(thrown, 'connection-lost', { host: session.name });
        if (!signal.aborted) {
          ledger.notStaged(node.id, session.name, error.message);
          observer.builderTrouble(error.host ?? session.name, describeTrouble(error));
          if (error instanceof MissingInput)
            tell({ kind: 'outputs-gone', nodes: inputsWith(graph, node, error.paths) });
          await context.notStaged(session, error);
        }
        return { kind: 'stage-failed', ...place };
      } finally {
        clearInterval(lasts);
      }
    },
    async build(node, session, signal) {
      building += 1;
      const { attempt, complete } = await context.attempt(node, session, signal);
      building -= 1;
      ledger.attempted(node.id, attempt);
      // Dependants need not wait for the figures.
      measuring += 1;
      void complete.then((figures) => {
        ledger.measured(node.id, figures);
        measuring -= 1;
        measured();
      });
      const { end } = attempt;
      if (end.kind === 'infrastructure' && end.missing !== undefined)
        tell({ kind: 'outputs-gone', nodes: inputsWith(graph, node, end.missing) });
      const result = scheduleResultOf(end, attempt.outputBytes ?? 0);
      return { kind: 'finished', node: node.id, builder: session.id, result };
    },
    get isBuilding() {
      return building > 0;
    },
    get isMeasuring() {
      return measuring > 0;
    },
  };
}
