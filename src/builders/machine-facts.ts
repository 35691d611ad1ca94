/** What a machine says of itself. */
export interface MachineFacts {
  /** Its own system first, then those that it can run too. */
  readonly systems: readonly string[];
  readonly systemFeatures: readonly string[];
}

const UNAME_MARK = 'nix-dispatch-uname';

/**
 * Prints Nix's settings (`nix config show` is `nix show-config` before 2.20) and what kind of machine it is, for where
 * there is no `nix` but only its daemon.
 */
export const FACTS_SCRIPT = `
nix --extra-experimental-features nix-command config show --json 2>/dev/null ||
  nix --extra-experimental-features nix-command show-config --json 2>/dev/null
echo
echo ${UNAME_MARK} $(uname -sm)
`;

/** Reads what {@link FACTS_SCRIPT} printed, or undefined when neither Nix nor uname said anything of use. */
export function parseMachineFacts(output: string): MachineFacts | undefined {
  const mark = output.lastIndexOf(UNAME_MARK);
  const settings = parseSettings(mark < 0 ? output : output.slice(0, mark));
  const system = settings && stringSetting(settings, 'system');
  if (settings !== undefined && system !== undefined) {
    return {
      systems: [...new Set([system, ...listSetting(settings, 'extra-platforms')])],
      systemFeatures: listSetting(settings, 'system-features'),
    };
  }
  const [kernel = '', machine = ''] =
    mark < 0
      ? []
      : output
          .slice(mark + UNAME_MARK.length)
          .trim()
          .split(/\s+/);
  const guessed = systemOfUname(kernel, machine);
  return guessed === undefined ? undefined : { systems: [guessed], systemFeatures: [] };
}

/** Nix's name for what `uname -sm` says, or undefined for kernels and machines that Nix does not run on. */
export function systemOfUname(kernel: string, machine: string): string | undefined {
  if (!/^[\w.-]+$/.test(machine) || !/^(Linux|Darwin|FreeBSD)$/.test(kernel)) return undefined;
  const cpu =
    machine === 'arm64' ? 'aarch64' : machine === 'amd64' ? 'x86_64' : machine.replace(/^i[3-6]86$/, 'i686');
  return `${cpu}-${kernel.toLowerCase()}`;
}

function parseSettings(output: string): Record<string, unknown> | undefined {
  // An rc file may have printed something first.
  const start = output.indexOf('{');
  if (start < 0) return undefined;
  try {
    const settings: unknown = JSON.parse(output.slice(start));
    return isRecord(settings) ? settings : undefined;
  } catch {
    return undefined;
  }
}

function settingValue(settings: Record<string, unknown>, name: string): unknown {
  const setting = settings[name];
  return isRecord(setting) ? setting['value'] : undefined;
}

function stringSetting(settings: Record<string, unknown>, name: string): string | undefined {
  const value = settingValue(settings, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function listSetting(settings: Record<string, unknown>, name: string): string[] {
  const value = settingValue(settings, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
