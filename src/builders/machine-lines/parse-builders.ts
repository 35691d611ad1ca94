import { DispatchError } from '../../errors.ts';
import type { Builder } from '../builder.ts';
import { createFaultLog, faultText } from './faults.ts';
import { parseMachineEntry } from './machine-line.ts';
import { splitMachineLines } from './split-lines.ts';
import type { ReadInclude } from './split-lines.ts';
import { looksLikeToml, parseTomlMachines } from './toml-machines.ts';

const SOURCE = 'builders';

/** Files that include others that include others can double at every step. */
const MAX_INCLUDES = 256;

/**
 * Reads the machines that build: Nix's machine lines or Lix's TOML (protocol §13.2), `@file` includes, `local` for this
 * machine.
 *
 * @throws DispatchError `input` that lists every fault with file, line and column
 */
export function parseBuilders(text: string, readInclude: ReadInclude): Builder[] {
  const faults = createFaultLog();
  const builders: Builder[] = [];
  let includes = 0;
  const readBounded: ReadInclude = (path) => {
    includes += 1;
    if (includes <= MAX_INCLUDES) return readInclude(path);
    throw new DispatchError('input', `builders includes more than ${MAX_INCLUDES} files, the last ${path}`);
  };
  const entries = splitMachineLines(text, SOURCE, readBounded, faults, (part, source) => {
    if (!looksLikeToml(part)) return false;
    builders.push(...parseTomlMachines(part, source, faults));
    return true;
  });
  for (const entry of entries) {
    const builder = parseMachineEntry(entry, faults);
    if (builder !== undefined) builders.push(builder);
  }
  if (faults.faults.length > 0) {
    throw new DispatchError('input', faults.faults.map(faultText).join('\n'), {
      hint: 'A line is: URI systems key-file max-jobs speed-factor features mandatory-features host-key; "-" leaves a column out. Machines are separated by line ends or ";", without quotes around them or dashes before them.',
    });
  }
  if (builders.length === 0) {
    throw new DispatchError('input', 'builders names no machine', {
      hint: 'Included files may be missing or empty. Leave the input out to build on this machine.',
    });
  }
  return withUniqueNames(builders);
}

/** Gives builders that share a name more of their address, then numbers. */
function withUniqueNames(builders: readonly Builder[]): Builder[] {
  const taken = new Set<string>();
  const sharers = new Map<string, number>();
  for (const { name } of builders) sharers.set(name, (sharers.get(name) ?? 0) + 1);
  /** Numbers that are used up, by what they are put behind. */
  const numbered = new Map<string, number>();
  return builders.map((builder) => {
    const { address } = builder;
    const isShared = (sharers.get(builder.name) ?? 0) > 1;
    const base =
      isShared && address.kind === 'ssh' && address.user !== undefined
        ? `${address.user}@${builder.name}`
        : builder.name;
    let name = base;
    for (let number = numbered.get(base) ?? 2; taken.has(name); number++) {
      name = `${base}#${number}`;
      numbered.set(base, number);
    }
    taken.add(name);
    return Object.assign({}, builder, { name });
  });
}
