/** What the job's Nix is told. */
export interface WantedSettings {
  /** Machine lines of our own; empty where the daemon learns of them by another way. */
  readonly machineLines: readonly string[];
  /** Nothing is built on the runner itself. */
  readonly buildsElsewhereOnly: boolean;
  /** Lines of nix.conf from the user; they win. */
  readonly nixConf: string;
}

/** The remote program of a store that mode `setup` offered, and the number that makes its name unique. */
const OUR_STORE = /^ssh-ng:\/\/localhost\?remote-program=\S+\/nd-\w+\/([\w.-]+)-\d+(?:\s|$)/;

/**
 * `NIX_CONFIG` with the builders added. Whatever the job had set stays, its builders too; a builder that an earlier step set up under the
 * same name is replaced.
 *
 * @param before as the job has it, may be empty
 */
export function withBuilders(before: string, wanted: WantedSettings): string {
  const ours = wanted.machineLines;
  const names = new Set(ours.map(offeredName));
  const kept = entriesOf(lastValueOf(before, 'builders') ?? '').filter((entry) => {
    const name = offeredName(entry);
    return name === undefined || !names.has(name);
  });
  const lines = [
    before.trimEnd(),
    // Nix before 2.29 looks for `@` where an entry begins, blanks included.
    ...(ours.length === 0 ? [] : [`builders = ${[...kept, ...ours].join(';')}`]),
    ...(ours.length === 0 || lastValueOf(before, 'builders-use-substitutes') !== undefined
      ? []
      : ['builders-use-substitutes = true']),
    ...(wanted.buildsElsewhereOnly && lastValueOf(before, 'max-jobs') === undefined ? ['max-jobs = 0'] : []),
    // How soon Nix asks again for a slot when all were taken. It asks every 5 s else, however short the builds; any daemon lets any user set it.
    ...(lastValueOf(before, 'build-poll-interval') === undefined ? ['build-poll-interval = 1'] : []),
    // Installers of Nix turn it on, and a flake could then send builds elsewhere, or have a program run after each.
    ...(lastValueOf(before, 'accept-flake-config') === undefined ? ['accept-flake-config = false'] : []),
    wanted.nixConf,
  ];
  return lines.filter((line) => line !== '').join('\n');
}

/** The name of the builder that an entry of ours leads to; undefined for all others. */
function offeredName(entry: string): string | undefined {
  return OUR_STORE.exec(entry)?.[1];
}

function entriesOf(value: string): readonly string[] {
  return value
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** The value that counts of a setting in lines of nix.conf: the last one. */
function lastValueOf(text: string, name: string): string | undefined {
  return text
    .split('\n')
    .map((line) => /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line))
    .findLast((match) => match?.[1] === name)?.[2];
}
