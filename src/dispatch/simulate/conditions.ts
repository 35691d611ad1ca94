import type { ScheduleBuilder } from '../schedule/events.ts';
import type { Task } from './workload.ts';

/** Everything about the world that the policies have in common. */
export interface Conditions {
  readonly tasks: readonly Task[];
  readonly machines: readonly ScheduleBuilder[];
  /** Of each machine's link and of the runner's, in each direction. */
  readonly linkBytesPerSecond: number;
  readonly roundTripSeconds: number;
  /** What a build costs besides its own time: setting up its sandbox, registering its outputs. */
  readonly buildOverheadSeconds: number;
}

/** What one policy made of them. */
export interface Simulation {
  readonly makespanSeconds: number;
  /** Share of all slots' time in which something was built. */
  readonly utilisation: number;
  /** Over all links' ways: builder to builder through the runner counts once. */
  readonly bytesMoved: number;
  /** Real time and heap that the scheduler itself took. */
  readonly schedulerSeconds: number;
  readonly events: number;
}

/** Tells real time, in seconds: handed in, because this room has no clock of its own. */
export type Stopwatch = () => number;
