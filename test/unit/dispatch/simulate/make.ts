import type { Conditions } from '../../../../src/dispatch/simulate/conditions.ts';
import { parseMachines } from '../../../../src/dispatch/simulate/machine.ts';
import type { Task } from '../../../../src/dispatch/simulate/workload.ts';

/** A task of ten seconds and one byte; what differs is said. */
export function task(id: number, dependencies: number[] = [], more: Partial<Task> = {}): Task {
  return {
    id,
    name: `task-${id}`,
    system: 'x86_64-linux',
    requiredFeatures: [],
    dependencies,
    sources: 0,
    isFetch: false,
    preferLocalBuild: false,
    seconds: 10,
    expectedSeconds: 10,
    narSizeBytes: 1,
    sourceBytes: 0,
    ...more,
  };
}

/** A world without delays but those that are said: links of a megabyte a second. */
export function conditions(
  tasks: readonly Task[],
  machines: string,
  more: Partial<Conditions> = {},
): Conditions {
  return {
    tasks,
    machines: parseMachines(machines, tasks),
    linkBytesPerSecond: 1e6,
    roundTripSeconds: 0,
    buildOverheadSeconds: 0,
    ...more,
  };
}
