import type { CpuTime } from '../../accounting/cpu-time.ts';
import type { BuildResult } from '../../nix/protocol/build-result.ts';

/** Measures the CPU time of one build at a time on one connection, whatever stands for that. */
export interface CpuMeter<Connection> {
  /** Call before the build; call what it returns after, with the daemon's own answer. Neither rejects. */
  begin(client: Connection): (result: BuildResult | undefined) => Promise<CpuTime | undefined>;
}
