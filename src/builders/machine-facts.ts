/** What a machine says of itself. */
export interface MachineFacts {
  /** Its own system first, then those that it can run too. */
  readonly systems: readonly string[];
  readonly systemFeatures: readonly string[];
}

const UNAME_MARK = 'nix-dispatch-uname';

/** The machine is not trusted, and what it says goes into machine lines for this machine's Nix, where a blank or a `;` would begin something else. */
const WORD = /^[\w.:+-]{1,100}$/;
const MOST_WORDS = 100;

/** Prints Nix's settings as JSON; `nix config show` is `nix show-config` before 2.20. */
export const SETTINGS_SCRIPT = `
nix --extra-experimental-features nix-command config show --json 2>/dev/null ||
  nix --extra-experimental-features nix-command show-config --json 2>/dev/null
`;

/** Prints Nix's settings and what kind of machine it is, for where there is no `nix` but only its daemon. */
export const FACTS_SCRIPT = `${SETTINGS_SCRIPT}
echo
echo ${UNAME_MARK} $(uname -sm)
`;

/**
 * Reads what {@link FACTS_SCRIPT} printed, or undefined when neither Nix nor uname said anything of use. Names that no system and no
 * feature has are left out.
 */
export function parseMachineFacts(output: string): MachineFacts | undefined {
  const mark = output.lastIndexOf(UNAME_MARK);
  const settings = parseNixSettings(mark < 0 ? output : output.slice(0, mark));
  const system = settings?.text('system');
  if (settings !== undefined && system !== undefined && WORD.test(system)) {
    const words = (name: string) =>
      settings
        .list(name)
        .filter((word) => WORD.test(word))
        .slice(0, MOST_WORDS);
    return {
      systems: [...new Set([system, ...words('extra-platforms')])],
      systemFeatures: words('system-features'),
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

/** Settings of a machine's Nix, by their names in nix.conf. */
export interface NixSettings {
  /** Undefined where it is empty, no text, or unknown to that version. */
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  /** Undefined where it is no whole number of 0 or more, or unknown to that version. */
  count(name: string): number | undefined;
  /** Undefined where it is no boolean or unknown to that version. */
  flag(name: string): boolean | undefined;
}

/** Reads what `nix config show --json` printed, or undefined when it is not that. */
export function parseNixSettings(output: string): NixSettings | undefined {
  // An rc file may have printed something first.
  const start = output.indexOf('{');
  const settings = start < 0 ? undefined : parseRecord(output.slice(start));
  if (settings === undefined) return undefined;
  const valueOf = (name: string): unknown => {
    const setting = settings[name];
    return isRecord(setting) ? setting['value'] : undefined;
  };
  return {
    text(name) {
      const value = valueOf(name);
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
    list(name) {
      const value = valueOf(name);
      return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    },
    count(name) {
      const value = valueOf(name);
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
    },
    flag(name) {
      const value = valueOf(name);
      return typeof value === 'boolean' ? value : undefined;
    },
  };
}

function parseRecord(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
