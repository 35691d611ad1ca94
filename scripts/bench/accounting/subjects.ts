import type { CpuSource } from '../../../src/accounting/cpu-time.ts';
import type { HostOptions } from '../../../test/support/farm/host-options.ts';
import type { Host, MachineLineOptions } from '../../../test/support/farm/host.ts';

/** A kind of builder whose accounting is checked. */
export interface Subject {
  readonly host: HostOptions;
  readonly line: MachineLineOptions;
  /** Where its CPU times have to come from. */
  readonly source: CpuSource;
  /** What makes it special, for the table. */
  readonly kind: string;
  readonly prepare?: (host: Host) => Promise<void>;
}

const daemon = (
  name: string,
  nix: '2.8.0' | '2.26.3' | '2.34.8',
  kind: string,
  host: Partial<HostOptions> = {},
): Subject => ({
  host: { name, nix, maxJobs: 2, ...host },
  line: {},
  source: 'proc',
  kind,
});

/** Three versions of Nix; a daemon, none, sandboxes, cgroups; and a /proc that shows nobody else's processes. */
export const subjects: readonly Subject[] = [
  daemon('old', '2.8.0', 'daemon'),
  daemon('stable', '2.26.3', 'daemon'),
  daemon('new', '2.34.8', 'daemon'),
  { ...daemon('root', '2.34.8', 'root, no daemon'), line: { user: 'root', scheme: 'ssh-ng' } },
  daemon('sandbox', '2.34.8', 'daemon, sandboxed builds, cgroups without times', { cgroups: true }),
  {
    ...daemon('cgroups', '2.26.3', 'daemon, sandboxed builds, cgroups', { cgroups: true }),
    source: 'cgroup',
  },
  {
    ...daemon('hidden', '2.26.3', 'daemon, hidepid'),
    source: 'estimate',
    prepare: async (host) => {
      await host.mustExec(['mount', '-o', 'remount,hidepid=invisible', '/proc']);
    },
  },
];
