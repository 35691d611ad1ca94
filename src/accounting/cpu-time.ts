/**
 * Where a CPU time comes from, best first.
 *
 * - `cgroup`: `cpuUser` and `cpuSystem` of `BuildResult` (protocol document §12.1).
 * - `proc`: growth of `cutime + cstime` of the daemon's worker process (§12.2).
 * - `service`: the builder's own accounting, as nixbuild.net gives it.
 * - `estimate`: wall time × cores; an upper bound, marked as such wherever it is shown.
 */
export type CpuSource = 'cgroup' | 'proc' | 'service' | 'estimate';

/** CPU time that a build used. */
export interface CpuTime {
  readonly seconds: number;
  readonly source: CpuSource;
}

/** Best source first. */
const QUALITY: readonly CpuSource[] = ['cgroup', 'proc', 'service', 'estimate'];

/** The best of what is known of a build; undefined when nothing is. */
export function bestCpuTime(known: readonly (CpuTime | undefined)[]): CpuTime | undefined {
  return known
    .filter((cpu) => cpu !== undefined)
    .sort((a, b) => QUALITY.indexOf(a.source) - QUALITY.indexOf(b.source))[0];
}

/** CPU time of `BuildResult` (protocol §12.1), whose fields are microseconds; undefined unless it holds both. */
export function cgroupCpuTime(
  userMicroseconds: number | bigint | undefined,
  systemMicroseconds: number | bigint | undefined,
): CpuTime | undefined {
  if (userMicroseconds === undefined || systemMicroseconds === undefined) return undefined;
  return { seconds: (Number(userMicroseconds) + Number(systemMicroseconds)) / 1e6, source: 'cgroup' };
}

/** An upper bound where nothing was measured: every core of the machine, all of the time. */
export function estimatedCpuTime(wallSeconds: number, cores: number): CpuTime {
  return { seconds: wallSeconds * cores, source: 'estimate' };
}
