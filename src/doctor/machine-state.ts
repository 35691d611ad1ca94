import { parseNixSettings, SETTINGS_SCRIPT, type NixSettings } from '../builders/machine-facts.ts';
import { parseDiskSpace, type DiskSpace } from '../dispatch/machine/free-disk.ts';

/** What sshd's configuration says for everybody (sshd_config(5)). */
export interface SshdLimits {
  /** Sessions in one connection. */
  readonly maxSessions: number;
  /** Whether unix sockets may be forwarded to, which takes no session. */
  readonly forwardsSockets: boolean;
}

/** What a machine says of itself, as far as it does. */
export interface MachineState {
  /** `nixos`, `debian`, `darwin` and so on. */
  readonly system: string | undefined;
  readonly settings: NixSettings | undefined;
  readonly disk: DiskSpace | undefined;
  /** Share of the file system's inodes that are free, 0 to 1. */
  readonly freeInodes: number | undefined;
  /** Undefined where the user may not read it. */
  readonly sshd: SshdLimits | undefined;
  readonly cores: number | undefined;
}

const MARK = 'nix-dispatch-section';

/** Prints what {@link parseMachineState} reads. Whatever a machine lacks is left out. */
export const STATE_SCRIPT = `
section() { echo; echo "${MARK} $1"; }
section settings${SETTINGS_SCRIPT}section system
(. /etc/os-release 2>/dev/null && echo "$ID") || uname -s
section disk
df -P -k /nix/store "\${TMPDIR:-/tmp}" /nix/var/nix 2>/dev/null
section inodes
df -P -i /nix/store 2>/dev/null
section sshd
cat /etc/ssh/sshd_config.d/*.conf /etc/ssh/sshd_config 2>/dev/null
section cores
getconf _NPROCESSORS_ONLN 2>/dev/null
section end
`;

/** Reads what {@link STATE_SCRIPT} printed; undefined when it did not run. */
export function parseMachineState(output: string): MachineState | undefined {
  const sections = new Map<string, string>();
  for (const part of output.split(new RegExp(`^${MARK} `, 'm')).slice(1)) {
    const end = part.indexOf('\n');
    sections.set(part.slice(0, end), part.slice(end + 1).trim());
  }
  if (!sections.has('cores')) return undefined;
  const section = (name: string): string => sections.get(name) ?? '';
  const cores = Number(section('cores'));
  return {
    system: /^[\w.-]+$/.exec(section('system'))?.[0].toLowerCase(),
    settings: parseNixSettings(section('settings')),
    disk: parseDiskSpace(section('disk')),
    freeInodes: parseFreeInodes(section('inodes')),
    sshd: parseSshd(section('sshd')),
    cores: Number.isInteger(cores) && cores > 0 ? cores : undefined,
  };
}

/** File systems without a fixed number of inodes say 0 or `-`. */
function parseFreeInodes(output: string): number | undefined {
  const [, total, free] = /\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s+\/[^\n]*$/.exec(output) ?? [];
  return total === undefined || Number(total) === 0 ? undefined : Number(free) / Number(total);
}

/** The first value of a keyword counts; what stands in a Match block need not be about us and is left alone. */
function parseSshd(text: string): SshdLimits | undefined {
  if (text === '') return undefined;
  const global = text.split(/^\s*Match\s/im)[0] ?? '';
  const find = (keyword: string): string | undefined =>
    new RegExp(`^\\s*${keyword}[\\s=]+"?([\\w-]+)`, 'im').exec(global)?.[1]?.toLowerCase();
  const isOff = ['no', 'remote'].includes(find('AllowStreamLocalForwarding') ?? 'yes');
  return {
    maxSessions: Number(find('MaxSessions') ?? 10),
    forwardsSockets: !isOff && find('DisableForwarding') !== 'yes',
  };
}
