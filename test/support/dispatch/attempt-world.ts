import { runAttempt, type AttemptContext } from '../../../src/dispatch/attempt/attempt.ts';
import { createGraph } from '../../../src/dispatch/graph/graph.ts';
import type { StopReason } from '../../../src/dispatch/activities.ts';
import { derivation, drv, facts } from './derivations.ts';
import { createSession, noteTaker } from './session.ts';

export const silent = {
  open: () => ({ bytes: 0, write() {}, flush() {}, close: () => ({ tail: [], lines: 0, file: undefined }) }),
};
export const never = (): Promise<never> => new Promise(() => {});

/** Attempts at one derivation `a`, on one builder that has all it needs. */
export function attemptWorld(more: Partial<AttemptContext> = {}) {
  const graph = createGraph();
  const node = graph.intern(drv('a'));
  node.facts = facts('a');
  const session = createSession(1, 'one');
  const { notes, observer } = noteTaker();
  const copied: number[] = [];
  const context: AttemptContext = {
    graph,
    staging: { inputs: async () => 7, closure: async () => 9 },
    logs: silent,
    limits: { maxSilentMs: undefined, timeoutMs: undefined, maxLogBytes: undefined },
    observer,
    isClosure: () => false,
    readDerivation: async () => derivation('a'),
    recordNested: async () => undefined,
    judge: async (_, __, end) => end,
    copied: (_, bytes) => void copied.push(bytes),
    ...more,
  };
  const controller = new AbortController();
  return {
    session,
    machine: session.machine,
    notes,
    copied,
    node,
    stop: (reason: StopReason) => controller.abort(reason),
    run: () => runAttempt(context, node, session, controller.signal),
  };
}
