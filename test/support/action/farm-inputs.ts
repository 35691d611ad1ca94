import type { Farm } from '../farm/farm.ts';
import type { Host, MachineLineOptions } from '../farm/host.ts';
import type { ActionInputs } from './workspace.ts';

/** Inputs with which the action builds on these hosts: machine lines, the key, and the host keys in known_hosts. */
export function farmInputs(
  farm: Farm,
  hosts: readonly Host[] = farm.hosts,
  line: MachineLineOptions = {},
): ActionInputs {
  return {
    builders: hosts.map((host) => host.machineLine({ hostKey: false, ...line })).join('\n'),
    known_hosts: hosts.map((host) => host.knownHostsLine).join('\n'),
    ssh_key: farm.clientKey,
  };
}
