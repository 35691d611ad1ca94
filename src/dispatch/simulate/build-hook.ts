import { canBuild } from '../schedule/constraints.ts';
import type { ScheduleBuilder } from '../schedule/events.ts';
import { createHeap } from '../schedule/heap.ts';
import { createClock } from './clock.ts';
import type { Conditions, Simulation } from './conditions.ts';
import { createLink, createNetwork, type Link } from './network.ts';
import type { Task } from './workload.ts';

interface HookMachine {
  readonly builder: ScheduleBuilder;
  readonly up: Link;
  readonly down: Link;
  /** What it has: an input is uploaded once, not for each build. */
  readonly store: Set<number>;
  /** Who waits for its upload lock; the first holds it. */
  readonly uploads: (() => void)[];
  load: number;
}

// Opening an SSH connection, starting a daemon there and shaking hands: TCP 1, SSH 5, protocol 2 round trips, and the
// processes on both sides (0.22 s for a build that does nothing on loopback, issue 4).
const SETUP_ROUND_TRIPS = 8;
const SETUP_SECONDS = 0.2;

/**
 * What `nix build --builders` does (protocol §13.1): for each derivation, in order of their names among those that are ready, the machine with the
 * least load for its speed factor, a connection of its own, inputs uploaded from the runner under the machine's lock, and
 * outputs copied home before a dependant may start. The slot is held all the time. Nothing is built on the runner.
 */
export function runBuildHook(conditions: Conditions): Simulation {
  const { tasks, linkBytesPerSecond, roundTripSeconds, buildOverheadSeconds } = conditions;
  const clock = createClock();
  const network = createNetwork(clock);
  const link = (): Link => createLink(linkBytesPerSecond);
  const runner = { up: link(), down: link() };
  const machines = conditions.machines.map((builder): HookMachine => ({
    builder,
    up: link(),
    down: link(),
    store: new Set(),
    uploads: [],
    load: 0,
  }));
  const dependants = tasks.map((): Task[] => []);
  const unbuiltInputs = tasks.map((task) => new Set(task.dependencies).size);
  for (const task of tasks) for (const id of new Set(task.dependencies)) dependants[id]?.push(task);
  const ready = createHeap<Task>((one, other) =>
    one.name === other.name ? one.id < other.id : one.name < other.name,
  );
  let busySeconds = 0;

  const pick = (task: Task): HookMachine | undefined => {
    let best: HookMachine | undefined;
    for (const machine of machines) {
      const { builder } = machine;
      if (machine.load >= builder.maxJobs || !canBuild(builder, { ...task, granularity: 'derivation' }))
        continue;
      if (best === undefined || isBetter(machine, best)) best = machine;
    }
    return best;
  };

  const assign = (): void => {
    for (let task = ready.items[0]; task !== undefined; task = ready.items[0]) {
      const machine = pick(task);
      if (machine === undefined) return;
      ready.pop();
      machine.load += 1;
      build(task, machine);
    }
  };

  const build = (task: Task, machine: HookMachine): void => {
    clock.after(SETUP_SECONDS + SETUP_ROUND_TRIPS * roundTripSeconds, () => {
      machine.uploads.push(() => upload(task, machine));
      if (machine.uploads.length === 1) machine.uploads[0]?.();
    });
  };

  const upload = (task: Task, machine: HookMachine): void => {
    const missing = task.dependencies.filter((id) => !machine.store.has(id));
    const bytes = missing.reduce((sum, id) => sum + (tasks[id]?.narSizeBytes ?? 0), task.sourceBytes);
    // One round trip asks what is there; each path then costs 2.4 (issue 4, `nix copy` of small paths).
    const seconds = roundTripSeconds * (1 + 2.4 * missing.length);
    clock.after(seconds, () =>
      network.transfer(bytes, [runner.up, machine.down], () => {
        for (const id of missing) machine.store.add(id);
        machine.uploads.shift();
        machine.uploads[0]?.();
        execute(task, machine);
      }),
    );
  };

  const execute = (task: Task, machine: HookMachine): void => {
    const seconds = buildOverheadSeconds + task.seconds / machine.builder.speedFactor;
    busySeconds += seconds;
    clock.after(roundTripSeconds + seconds, () => {
      machine.store.add(task.id);
      clock.after(2 * roundTripSeconds, () =>
        network.transfer(task.narSizeBytes, [machine.up, runner.down], () => end(task, machine)),
      );
    });
  };

  const end = (task: Task, machine: HookMachine): void => {
    machine.load -= 1;
    for (const dependant of dependants[task.id] ?? []) {
      const left = (unbuiltInputs[dependant.id] ?? 0) - 1;
      unbuiltInputs[dependant.id] = left;
      if (left === 0) ready.push(dependant);
    }
    assign();
  };

  for (const task of tasks) if (task.dependencies.length === 0) ready.push(task);
  assign();
  clock.run();
  const slots = machines.reduce((sum, machine) => sum + machine.builder.maxJobs, 0);
  return {
    makespanSeconds: clock.nowSeconds,
    utilisation: busySeconds / (slots * clock.nowSeconds),
    bytesMoved: network.bytesMoved,
    schedulerSeconds: 0,
    events: 0,
  };
}

function isBetter(one: HookMachine, other: HookMachine): boolean {
  const [oneSpeed, otherSpeed] = [one.builder.speedFactor, other.builder.speedFactor];
  const [oneLoad, otherLoad] = [one.load / oneSpeed, other.load / otherSpeed];
  if (oneLoad !== otherLoad) return oneLoad < otherLoad;
  return oneSpeed === otherSpeed ? one.load < other.load : oneSpeed > otherSpeed;
}
