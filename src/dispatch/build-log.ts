import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { storePathHashPart, storePathName, type StorePath } from '../nix/store-path.ts';
import { cleanLine } from '../report/escape/clean.ts';
import type { LogExcerpt } from './ledger/attempt.ts';

/** Lines kept in memory for the report. */
const tailLines = 40;
/** A tail line longer than this is cut; the file has all of it. */
const tailLineCharacters = 2_000;
const flushBytes = 64 * 1024;

/** The log of one attempt: the whole of it goes to a file as it comes, its end is kept for the report. */
export interface BuildLog {
  /** Bytes so far, for `max_log_size`. */
  readonly bytes: number;
  /** Takes one line without its newline, as the builder sent it. */
  write(line: string): void;
  /** Writes what is left; call once. */
  close(): LogExcerpt;
}

/** Opens logs in a folder, one file an attempt; the folder is made when there is something to write. */
export interface LogFolder {
  open(drvPath: StorePath): BuildLog;
}

/**
 * Writing is synchronous and in blocks, on purpose: a builder that floods its log is slowed down by our disk instead of filling our
 * memory. Throws what `node:fs` throws when the disk is full.
 */
export function createLogFolder(directory: string): LogFolder {
  const opened = new Map<StorePath, number>();
  return {
    open(drvPath) {
      const attempt = opened.get(drvPath) ?? 0;
      opened.set(drvPath, attempt + 1);
      const name = storePathName(drvPath).replace(/\.drv$/u, '');
      const suffix = attempt === 0 ? '' : `.retry-${attempt}`;
      return openBuildLog(directory, `${name}-${storePathHashPart(drvPath).slice(0, 8)}${suffix}.log`);
    },
  };
}

function openBuildLog(directory: string, file: string): BuildLog {
  const tail: string[] = [];
  let pending: string[] = [];
  let pendingBytes = 0;
  let bytes = 0;
  let lines = 0;
  let descriptor: number | undefined;

  const flush = (): void => {
    if (pending.length === 0) return;
    if (descriptor === undefined) {
      mkdirSync(directory, { recursive: true });
      descriptor = openSync(join(directory, file), 'w');
    }
    writeSync(descriptor, pending.join(''));
    pending = [];
    pendingBytes = 0;
  };

  return {
    get bytes() {
      return bytes;
    },
    write(line) {
      lines += 1;
      const size = Buffer.byteLength(line) + 1;
      bytes += size;
      pending.push(line, '\n');
      pendingBytes += size;
      tail.push(line.length > tailLineCharacters ? `${line.slice(0, tailLineCharacters)}…` : line);
      if (tail.length > tailLines) tail.shift();
      if (pendingBytes >= flushBytes) flush();
    },
    close() {
      flush();
      if (descriptor !== undefined) closeSync(descriptor);
      return { tail: tail.map(cleanLine), lines, file: lines === 0 ? undefined : file };
    },
  };
}
