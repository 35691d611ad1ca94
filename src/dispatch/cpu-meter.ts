import type { CpuTime } from '../accounting/cpu-time.ts';
import type { DaemonClient } from '../nix/client/daemon-client.ts';
import type { BuildResult } from '../nix/protocol/build-result.ts';

/** Measures the CPU time of one build at a time on one connection. */
export interface CpuMeter {
  /** Call before the build; call what it returns after, with the daemon's own answer. Neither rejects. */
  begin(client: DaemonClient): (result: BuildResult | undefined) => Promise<CpuTime | undefined>;
}
