import { DispatchError } from '../../errors.ts';
import { canBuild } from '../schedule/constraints.ts';
import type { ScheduleBuilder } from '../schedule/events.ts';
import type { Task } from './workload.ts';

const MACHINE = /^(?<count>\d+x)?(?<slots>\d+)@(?<speed>\d+(?:\.\d+)?)$/;

/**
 * Reads `--builders`: machines apart by commas, each `SLOTS@SPEED`, with `COUNTx` before it for several alike. `8@1,2x4@1.5` is one
 * machine with eight slots at speed factor 1 and two with four slots at 1.5. All take every system and feature.
 *
 * @throws DispatchError `input` naming the part that is wrong
 */
export function parseMachines(
  text: string,
  tasks: readonly Pick<Task, 'system' | 'requiredFeatures'>[],
): ScheduleBuilder[] {
  const systems = [...new Set(tasks.map((task) => task.system))].filter((system) => system !== 'builtin');
  const supportedFeatures = [...new Set(tasks.flatMap((task) => task.requiredFeatures))];
  const sizes = text.split(',').flatMap(parseMachine);
  return sizes.map(({ maxJobs, speedFactor }, id): ScheduleBuilder => ({
    id,
    systems,
    supportedFeatures,
    mandatoryFeatures: [],
    granularity: 'derivation',
    maxJobs,
    speedFactor,
  }));
}

function parseMachine(part: string): { maxJobs: number; speedFactor: number }[] {
  const groups = MACHINE.exec(part.trim())?.groups;
  const maxJobs = Number(groups?.['slots'] ?? 0);
  const speedFactor = Number(groups?.['speed'] ?? 0);
  if (maxJobs === 0 || speedFactor === 0) {
    throw new DispatchError('input', `Expected a machine such as 8@1.5 (slots@speed), got "${part}".`);
  }
  const count = Number.parseInt(groups?.['count'] ?? '1', 10);
  return Array.from({ length: count }, () => ({ maxJobs, speedFactor }));
}

/** What no scheduler can beat, in seconds: the longest chain on the quickest machines, or all work on all slots at once. */
export interface LowerBound {
  readonly criticalPathSeconds: number;
  readonly workOverCapacitySeconds: number;
  readonly seconds: number;
}

/**
 * Leaves out transfers and round trips, and counts each task at the speed of the quickest machine that takes it: seconds.
 *
 * @param tasks each behind those that it depends on
 */
export function lowerBound(tasks: readonly Task[], machines: readonly ScheduleBuilder[]): LowerBound {
  const ends: number[] = [];
  let work = 0;
  for (const task of tasks) {
    const able = machines.filter((machine) => canBuild(machine, { ...task, granularity: 'derivation' }));
    const quickest = able.reduce((speed, machine) => Math.max(speed, machine.speedFactor), 0);
    const begin = task.dependencies.reduce((latest, id) => Math.max(latest, ends[id] ?? 0), 0);
    ends.push(begin + task.seconds / quickest);
    work += task.seconds;
  }
  const criticalPathSeconds = ends.reduce((latest, end) => Math.max(latest, end), 0);
  const workOverCapacitySeconds = work / capacity(machines);
  return {
    criticalPathSeconds,
    workOverCapacitySeconds,
    seconds: Math.max(criticalPathSeconds, workOverCapacitySeconds),
  };
}

/** Seconds of work at speed factor 1 that all slots together do in a second. */
function capacity(machines: readonly ScheduleBuilder[]): number {
  return machines.reduce((sum, machine) => sum + machine.maxJobs * machine.speedFactor, 0);
}
