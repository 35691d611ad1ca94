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
