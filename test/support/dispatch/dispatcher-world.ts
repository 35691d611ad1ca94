import type { AttemptRun } from '../../../src/dispatch/attempt/attempt.ts';
import { createDispatcher, type DispatcherContext } from '../../../src/dispatch/dispatcher.ts';
import { createGraph, type DerivationFacts } from '../../../src/dispatch/graph/graph.ts';
import { createInventory, type InventoryStore } from '../../../src/dispatch/inventory/inventory.ts';
import type { AttemptEnd } from '../../../src/dispatch/ledger/attempt.ts';
import { createLedger } from '../../../src/dispatch/ledger/ledger.ts';
import { createSchedule } from '../../../src/dispatch/schedule/create-schedule.ts';
import { drv, shelf } from './derivations.ts';
import { eagerPlanner } from './eager-planner.ts';
import { attempt, noteTaker, settle } from './session.ts';

/** An attempt that goes on until it is ended. */
export interface Running {
  readonly builder: string;
  readonly signal: AbortSignal;
  end(kind: AttemptEnd['kind'], complete?: Promise<unknown>): Promise<void>;
}

/** A dispatcher with a real scheduler, planner and ledger; attempts and transfers are the test's to end. */
export function dispatcherWorld(all: readonly DerivationFacts[], more: Partial<DispatcherContext> = {}) {
  const graph = createGraph();
  const ledger = createLedger(graph);
  const { notes, observer } = noteTaker();
  const running = new Map<string, Running>();
  let clock = 0;
  const nothing: InventoryStore = {
    builder: 0,
    isRunner: true,
    validPaths: async () => new Set(),
    substitutablePaths: async () => new Set(),
    narSizes: async () => new Map(),
  };
  const inventory = createInventory({
    caches: [],
    graph,
    readFacts: shelf(all).readFacts,
    stores: () => [nothing],
  });
  const planner = eagerPlanner(graph, (node) => inventory.presence(node));
  const dispatcher = createDispatcher({
    graph,
    inventory,
    planner,
    ledger,
    observer,
    failed: () => {},
    schedule: createSchedule({ infraRetries: 1 }),
    staging: { inputs: async () => 3, closure: async () => 0 },
    notStaged: async () => {},
    explain: () => 'nobody is that odd',
    explainLoss: () => 'nobody is left',
    attempt: (node, { name: builder }, signal) =>
      new Promise<AttemptRun>((resolve) => {
        const startedAtMs = ++clock;
        const key = node.facts?.name ?? '';
        const finish = async (kind: AttemptEnd['kind'], complete?: Promise<unknown>): Promise<void> => {
          if (running.get(key)?.signal === signal) running.delete(key);
          const ended = attempt(kind, { builder, startedAtMs });
          resolve({ attempt: ended, complete: Promise.resolve(complete).then(() => ended) });
          await settle();
        };
        running.set(key, { builder, signal, end: finish });
      }),
    ...more,
  });
  const id = (name: string): number => graph.intern(drv(name)).id;
  let isDrained = false;
  return {
    dispatcher,
    ledger,
    notes,
    running,
    id,
    add: (...roots: readonly string[]) => dispatcher.add(roots.map(id)),
    /** Who runs where, `name@builder`. */
    where: () => [...running].map(([name, { builder }]) => `${name}@${builder}`),
    end: async (name: string, kind: AttemptEnd['kind'] = 'built') => running.get(name)?.end(kind),
    outcomes: () => ledger.builds().map(({ name, outcome }) => `${name} ${outcome.kind}`),
    drain: () => void dispatcher.drained().then(() => (isDrained = true)),
    isDrained: () => isDrained,
  };
}
