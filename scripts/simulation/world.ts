import type { ScheduleBuilder } from '../../src/dispatch/schedule/events.ts';
import type { Conditions } from '../../src/dispatch/simulate/conditions.ts';
import { DISTRIBUTIONS, type Task } from '../../src/dispatch/simulate/workload.ts';

export const stopwatch = (): number => performance.now() / 1000;

const BYTES_PER_MBIT = 125_000;
const BUILD_OVERHEAD_SECONDS = 0.03;

/** The same conditions for every policy; links are those of each machine and of the runner, in each direction. */
export function conditionsOf(
  tasks: readonly Task[],
  machines: readonly ScheduleBuilder[],
  links: { linkMbit: number; roundTripMs: number },
): Conditions {
  return {
    tasks,
    machines,
    linkBytesPerSecond: links.linkMbit * BYTES_PER_MBIT,
    roundTripSeconds: links.roundTripMs / 1000,
    buildOverheadSeconds: BUILD_OVERHEAD_SECONDS,
  };
}

/** Says what was assumed, for the reader of the figures. */
export function describeWorld(conditions: Conditions, seed: number, knowledge: string): string {
  const { tasks, machines, linkBytesPerSecond, roundTripSeconds } = conditions;
  const fetches = tasks.filter((task) => task.isFetch).length;
  const slots = machines.reduce((sum, machine) => sum + machine.maxJobs, 0);
  const list = machines.map(({ maxJobs, speedFactor }) => `${maxJobs}@${speedFactor}`).join(' ');
  const { fetchSeconds, buildSeconds, fetchBytes, buildBytes } = DISTRIBUTIONS;
  const megabytes = ({ median, sigma }: { median: number; sigma: number }): string =>
    `${median / 1e6} MB (sigma ${sigma})`;
  return [
    `${tasks.length} derivations, ${fetches} of them fetches; seed ${seed}; durations known: ${knowledge}`,
    `${machines.length} builders, ${slots} slots (slots@speed): ${list}`,
    `links ${linkBytesPerSecond / BYTES_PER_MBIT} Mbit/s each way, the runner's too; round trip ${roundTripSeconds * 1000} ms`,
    `log-normal, medians: fetch ${fetchSeconds.median} s, build ${buildSeconds.median} s (sigma ${buildSeconds.sigma}); ` +
      `outputs ${megabytes(fetchBytes)} and ${megabytes(buildBytes)}`,
  ].join('\n');
}
