import type { Schedule } from '../schedule/create-schedule.ts';
import type { NodeId, ScheduleCommand, ScheduleEvent, ScheduleNode } from '../schedule/events.ts';
import { createClock } from './clock.ts';
import type { Conditions, Simulation, Stopwatch } from './conditions.ts';
import { createMachineRoom } from './machine-room.ts';
import type { Task } from './workload.ts';

/**
 * Lets a schedule build everything in virtual time. It sees what the dispatcher would tell it, and its commands are carried out
 * as the dispatcher would: inputs stream from a builder that has them through the runner, several stages at once.
 *
 * @throws Error when a command breaks a promise of the schedule (a slot too many, an input that is not there, a node forgotten)
 */
export function runSchedule(schedule: Schedule, conditions: Conditions, stopwatch: Stopwatch): Simulation {
  const { tasks, machines, roundTripSeconds, buildOverheadSeconds } = conditions;
  const clock = createClock();
  const room = createMachineRoom(conditions, clock);
  const running = machines.map(() => 0);
  const stageOf = new Map<NodeId, symbol>();
  let busySeconds = 0;
  let builtCount = 0;
  let schedulerSeconds = 0;
  let events = 0;

  const tell = (event: ScheduleEvent): void => {
    const before = stopwatch();
    const commands = schedule.apply(event, clock.nowSeconds);
    schedulerSeconds += stopwatch() - before;
    events += 1;
    for (const command of commands) obey(command);
  };

  const obey = (command: ScheduleCommand): void => {
    if (command.kind === 'settle') throw new Error(`Nothing fails here, yet: ${JSON.stringify(command)}`);
    const { node, builder } = command;
    const task = taskOf(tasks, node);
    if (command.kind === 'stop') stageOf.delete(node);
    else if (command.kind === 'stage') {
      const stage = Symbol();
      stageOf.set(node, stage);
      room.bring(builder, command.missing, task.sourceBytes, () => {
        // A stage that was stopped goes on, but nobody is told.
        if (stageOf.get(node) === stage) tell({ kind: 'staged', node, builder });
      });
    } else startBuild(task, builder);
  };

  const startBuild = (task: Task, builder: number): void => {
    stageOf.delete(task.id);
    const machine = machines[builder];
    const count = (running[builder] ?? 0) + 1;
    running[builder] = count;
    if (machine === undefined || count > machine.maxJobs) throw new Error(`No slot for ${task.name}.`);
    const lacking = task.dependencies.find((id) => !room.has(builder, id));
    if (lacking !== undefined) throw new Error(`${task.name} lacks ${lacking} on ${builder}.`);
    const seconds = buildOverheadSeconds + task.seconds / machine.speedFactor;
    busySeconds += seconds;
    clock.after(roundTripSeconds + seconds, () => {
      running[builder] = (running[builder] ?? 0) - 1;
      builtCount += 1;
      room.put(builder, task.id);
      const result = { kind: 'built', narSizeBytes: task.narSizeBytes } as const;
      tell({ kind: 'finished', node: task.id, builder, result });
    });
  };

  for (const builder of machines) tell({ kind: 'builder-joined', builder });
  tell({ kind: 'builders-complete' });
  tell({ kind: 'nodes-added', nodes: tasks.map(scheduleNode) });
  clock.run();
  if (builtCount !== tasks.length) throw new Error(`Only ${builtCount} of ${tasks.length} were built.`);
  const slots = machines.reduce((sum, machine) => sum + machine.maxJobs, 0);
  return {
    makespanSeconds: clock.nowSeconds,
    utilisation: busySeconds / (slots * clock.nowSeconds),
    bytesMoved: room.bytesMoved,
    schedulerSeconds,
    events,
  };
}

function scheduleNode(task: Task): ScheduleNode {
  return {
    kind: 'build',
    id: task.id,
    dependencies: task.dependencies,
    system: task.system,
    requiredFeatures: task.requiredFeatures,
    preferLocalBuild: task.preferLocalBuild,
    granularity: 'derivation',
    expectedSeconds: task.expectedSeconds,
    sourceBytes: task.sourceBytes,
  };
}

function taskOf(tasks: readonly Task[], id: NodeId): Task {
  const task = tasks[id];
  if (task === undefined) throw new RangeError(`Expected one of ${tasks.length} tasks, got ${id}.`);
  return task;
}
