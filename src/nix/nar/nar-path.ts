import { DispatchError } from '../../errors.ts';
import { MAX_DEPTH, MAX_NAME_BYTES } from './limits.ts';
import type { NarPath } from './visitor.ts';

/** Where in an archive a reader or writer stands; holds entries to the rules of protocol §16. */
export interface NarPathTracker {
  /** The node now being read is a directory: entries follow. */
  enterDirectory(): void;
  leaveDirectory(): void;
  /** An entry begins. Throws DispatchError `protocol` on a forbidden name, or one not after the entry before it. */
  enterEntry(name: string): void;
  leaveEntry(): void;
  /** Whether the node being read is the archive's root. */
  isRoot(): boolean;
  text(): NarPath;
}

/** Makes a tracker that stands at the root. */
export function createNarPath(): NarPathTracker {
  const names: string[] = [];
  /** Name of the last entry of every open directory, outermost first. */
  const lastNames: (string | undefined)[] = [];

  return {
    enterDirectory() {
      if (lastNames.length >= MAX_DEPTH) throw bad(`directories are nested deeper than ${MAX_DEPTH}`);
      lastNames.push(undefined);
    },
    leaveDirectory() {
      lastNames.pop();
    },
    enterEntry(name) {
      const fault = entryNameFault(name);
      if (fault !== undefined) throw bad(`the entry ${JSON.stringify(name.slice(0, 300))} ${fault}`);
      const last = lastNames.at(-1);
      if (last !== undefined && name <= last) {
        throw bad(`the entry ${JSON.stringify(name)} does not come after ${JSON.stringify(last)}`);
      }
      lastNames[lastNames.length - 1] = name;
      names.push(name);
    },
    leaveEntry() {
      names.pop();
    },
    isRoot: () => names.length === 0,
    text: () => names.join('/'),
  };

  function bad(reason: string): DispatchError {
    const where = names.length === 0 ? 'its root' : JSON.stringify(names.join('/'));
    return new DispatchError('protocol', `malformed NAR at ${where}: ${reason}`);
  }
}

function entryNameFault(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name === '.' || name === '..') return 'leads elsewhere';
  if (name.includes('/') || name.includes('\0')) return 'contains a slash or NUL';
  return name.length > MAX_NAME_BYTES ? `is longer than ${MAX_NAME_BYTES} bytes` : undefined;
}
