import { DispatchError } from '../../errors.ts';
import type { Builder } from '../builder.ts';
import { createFaultLog, faultText } from './faults.ts';
import { parseMachineEntry } from './machine-line.ts';
import { splitMachineLines } from './split-lines.ts';
import type { ReadInclude } from './split-lines.ts';
import { looksLikeToml, parseTomlMachines } from './toml-machines.ts';

const SOURCE = 'builders';

/**
 * Reads the machines that build: Nix's machine lines or Lix's TOML (protocol §13.2), `@file` includes, `local` for this
 * machine.
 *
 * @throws DispatchError `input` that lists every fault with file, line and column
 */
export function parseBuilders(text: string, readInclude: ReadInclude): Builder[] {
  const faults = createFaultLog();
  const builders: Builder[] = [];
  const entries = splitMachineLines(text, SOURCE, readInclude, faults, (part, source) => {
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
      hint: 'A line is: URI systems key-file max-jobs speed-factor features mandatory-features host-key; "-" leaves a column out.',
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
  return builders.map((builder) => {
    const { address } = builder;
    const isShared = builders.some((other) => other !== builder && other.name === builder.name);
    const base =
      isShared && address.kind === 'ssh' && address.user !== undefined
        ? `${address.user}@${builder.name}`
        : builder.name;
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}#${number}`;
    taken.add(name);
    return Object.assign({}, builder, { name });
  });
}
