import type { BuilderId, NodeId } from '../schedule/events.ts';
import type { Clock } from './clock.ts';
import type { Conditions } from './conditions.ts';
import { createLink, createNetwork, type Link } from './network.ts';

/** The machines' stores and the links between them: star-shaped, with the runner in the middle. */
export interface MachineRoom {
  readonly bytesMoved: number;
  has(builder: BuilderId, task: NodeId): boolean;
  put(builder: BuilderId, task: NodeId): void;
  /** Brings outputs, each from a machine that has it, and plain sources from the runner; what is on its way is waited for. */
  bring(builder: BuilderId, tasks: readonly NodeId[], sourceBytes: number, done: () => void): void;
}

interface Machine {
  readonly up: Link;
  readonly down: Link;
  readonly store: Set<NodeId>;
  /** What waits for an output that is on its way here. */
  readonly arriving: Map<NodeId, (() => void)[]>;
}

/** All stores are empty, and all links as fast as `conditions` say. Its functions throw RangeError for a builder that is none of its machines. */
export function createMachineRoom(conditions: Conditions, clock: Clock): MachineRoom {
  const { linkBytesPerSecond, roundTripSeconds } = conditions;
  const network = createNetwork(clock);
  const link = (): Link => createLink(linkBytesPerSecond);
  const runner = { up: link(), down: link() };
  const machines = conditions.machines.map((): Machine => ({
    up: link(),
    down: link(),
    store: new Set(),
    arriving: new Map(),
  }));
  const machineOf = (builder: BuilderId): Machine => {
    const machine = machines[builder];
    if (machine === undefined) throw new RangeError(`Expected one of ${machines.length}, got ${builder}.`);
    return machine;
  };

  const sourceOf = (task: NodeId): Machine => {
    let best: Machine | undefined;
    for (const machine of machines) {
      if (machine.store.has(task) && (best === undefined || machine.up.load < best.up.load)) best = machine;
    }
    if (best === undefined) throw new Error(`No machine has ${task}.`);
    return best;
  };

  return {
    get bytesMoved() {
      return network.bytesMoved;
    },
    has: (builder, task) => machineOf(builder).store.has(task),
    put: (builder, task) => machineOf(builder).store.add(task),
    bring: (builder, tasks, sourceBytes, done) => {
      const machine = machineOf(builder);
      // The one that is taken off at the end, so that nothing is done before all has been asked for.
      let awaited = 1;
      const arrived = (): void => {
        awaited -= 1;
        if (awaited === 0) done();
      };
      const bySource = new Map<Machine, NodeId[]>();
      for (const task of tasks) {
        if (machine.store.has(task)) continue;
        awaited += 1;
        const waiters = machine.arriving.get(task);
        if (waiters !== undefined) waiters.push(arrived);
        else {
          machine.arriving.set(task, [arrived]);
          const source = sourceOf(task);
          bySource.set(source, [...(bySource.get(source) ?? []), task]);
        }
      }
      for (const [source, together] of bySource) {
        const bytes = together.reduce((sum, id) => sum + (conditions.tasks[id]?.narSizeBytes ?? 0), 0);
        const route = [source.up, runner.down, runner.up, machine.down];
        const land = (): void => {
          for (const id of together) machine.store.add(id);
          for (const id of together) {
            const waiters = machine.arriving.get(id) ?? [];
            machine.arriving.delete(id);
            for (const waiter of waiters) waiter();
          }
        };
        // One round trip asks for them, another half to each side carries the first and the last byte.
        clock.after(2 * roundTripSeconds, () => network.transfer(bytes, route, land));
      }
      if (sourceBytes > 0) {
        awaited += 1;
        clock.after(roundTripSeconds, () =>
          network.transfer(sourceBytes, [runner.up, machine.down], arrived),
        );
      }
      clock.after(0, arrived);
    },
  };
}
