import { createSchedule } from '../schedule/create-schedule.ts';
import { runBuildHook } from './build-hook.ts';
import type { Conditions, Simulation, Stopwatch } from './conditions.ts';
import { createFifoSchedule } from './fifo-schedule.ts';
import { lowerBound, type LowerBound } from './machine.ts';
import { runSchedule } from './run-schedule.ts';

/** Ways to decide what is built where: ours, the simplest, and what Nix does by itself. */
export type Policy = 'longest-path' | 'first-in' | 'build-hook';

/** In the order in which they are told, ours first. */
export const POLICIES: readonly Policy[] = ['longest-path', 'first-in', 'build-hook'];

/** One policy in one world. */
export interface PolicyResult extends Simulation {
  readonly policy: Policy;
  /** Makespan over lower bound. */
  readonly ratio: number;
}

/** What a world asks at least, and what the policies made of it. */
export interface Comparison {
  readonly bound: LowerBound;
  readonly results: readonly PolicyResult[];
}

/** Runs the policies in the same world. */
export function comparePolicies(
  policies: readonly Policy[],
  conditions: Conditions,
  stopwatch: Stopwatch,
): Comparison {
  const bound = lowerBound(conditions.tasks, conditions.machines);
  const results = policies.map((policy): PolicyResult => {
    const simulation = simulate(policy, conditions, stopwatch);
    return Object.assign(simulation, { policy, ratio: simulation.makespanSeconds / bound.seconds });
  });
  return { bound, results };
}

function simulate(policy: Policy, conditions: Conditions, stopwatch: Stopwatch): Simulation {
  switch (policy) {
    case 'longest-path':
      return runSchedule(createSchedule(), conditions, stopwatch);
    case 'first-in':
      return runSchedule(createFifoSchedule(), conditions, stopwatch);
    case 'build-hook':
      return runBuildHook(conditions);
  }
}
