import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { describeTrouble, toDispatchError } from '../../errors.ts';
import { createDurations, type Durations, type Entry } from './durations.ts';
import { parseHistory, printHistory } from './history-text.ts';

/** What earlier runs tell of durations, and where this one leaves what it learns. */
export interface History {
  readonly durations: Durations;
  /** Writes down what was learned, if anything. Never rejects. */
  keep(): Promise<void>;
}

/** Twice what the most entries take. */
const MOST_BYTES = 32 * 2 ** 20;

/**
 * Reads the file of durations; where there is none, or none that can be read, it begins anew. Never rejects: to know nothing makes a run slower and
 * nothing else.
 *
 * @param file undefined: nothing is remembered
 * @param notice is told why a file could not be read or written
 */
export async function openHistory(
  file: string | undefined,
  notice: (message: string) => void,
): Promise<History> {
  if (file === undefined) return { durations: createDurations(), keep: async () => {} };
  const read = async (): Promise<readonly Entry[]> => {
    const read = await readEntries(file);
    if (typeof read !== 'string') return read;
    notice(`${file} was not used, and is written anew: ${read}`);
    return [];
  };
  const durations = createDurations(await read());
  return {
    durations,
    async keep() {
      if (!durations.hasNews) return;
      try {
        // Another run may have ended since.
        const latest = await readEntries(file);
        if (typeof latest !== 'string') durations.merge(latest);
        await replace(file, printHistory(durations.entries()));
      } catch (thrown) {
        notice(`${file} could not be written: ${describeTrouble(toDispatchError(thrown, 'local'))}`);
      }
    },
  };
}

/** A text says what is wrong with the file. */
async function readEntries(file: string): Promise<readonly Entry[] | string> {
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES) return `it has ${size} bytes, more than ${MOST_BYTES}`;
    return parseHistory(await readFile(file, 'utf8'));
  } catch (thrown) {
    const isAbsent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    return isAbsent ? [] : describeTrouble(toDispatchError(thrown, 'local'));
  }
}

async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, file);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => {});
    throw thrown;
  }
}
