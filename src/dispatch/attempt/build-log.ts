import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { compression, writeCompressed } from '../../compression.ts';
import { storePathHashPart, storePathName, type StorePath } from '../../nix/store-path.ts';
import { cleanLine } from '../../report/escape/clean.ts';
import type { LogExcerpt } from '../ledger/attempt.ts';

/** Lines kept in memory for the report. */
const tailLines = 40;
/** A tail line longer than this is cut; the file has all of it. */
const tailLineCharacters = 2_000;
/** Thousands of builds are remembered at a time: long lines leave room for fewer of them. */
const tailCharacters = 16_000;
const flushBytes = 16 * 1024;
/** A log that is larger is compressed when it has ended. */
const packBytes = 1024 * 1024;

/** The log of one attempt: the whole of it goes to a file as it comes, its end is kept for the report. */
export interface BuildLog {
  /** Bytes so far, for `max_log_size`. */
  readonly bytes: number;
  /** Takes one line without its newline, as the builder sent it. */
  write(line: string): void;
  /** Writes what has gathered: call it when no more is expected soon. */
  flush(): void;
  /** Writes what is left; call once. */
  close(): LogExcerpt;
}

/** Opens logs in a folder, one file an attempt; the folder is made when there is something to write. */
export interface LogFolder {
  open(drvPath: StorePath): BuildLog;
}

/** Compresses what is large. */
export interface PackingLogFolder extends LogFolder {
  /** Resolves when large logs of those that are closed are compressed. Never rejects. */
  packed(): Promise<void>;
}

/**
 * Writing is synchronous and in blocks, on purpose: a builder that floods its log is slowed down by our disk instead of filling our
 * memory. A log that can't be written (any more) goes on without its file and says so at its end: no build fails for that.
 */
export function createLogFolder(directory: string): PackingLogFolder {
  const opened = new Map<string, number>();
  let packing = Promise.resolve();
  // One after the other: builds go on meanwhile.
  const pack = (file: string): void => {
    packing = packing.then(() => packFile(join(directory, file)));
  };
  return {
    packed: () => packing,
    open(drvPath) {
      const name = fileBase(drvPath);
      const attempt = opened.get(name) ?? 0;
      opened.set(name, attempt + 1);
      const suffix = attempt === 0 ? '' : `.retry-${attempt}`;
      return openBuildLog(directory, `${name}${suffix}.log`, pack);
    },
  };
}

/** Store paths may hold `?` and begin with a dot: artifacts can't, or leave such files out. */
function fileBase(drvPath: StorePath): string {
  const name = storePathName(drvPath)
    .replace(/\.drv$/u, '')
    .replaceAll('?', '_')
    .replace(/^[.-]/u, '_');
  return `${name}-${storePathHashPart(drvPath).slice(0, 8)}`;
}

/** A file that can't be compressed stays as it is. */
async function packFile(path: string): Promise<void> {
  const packedPath = packedName(path);
  try {
    await writeCompressed(createReadStream(path), packedPath, `${packedPath}.partial`);
    await rm(path);
  } catch {
    await rm(packedPath, { force: true }).catch(() => {});
  }
}

function packedName(file: string): string {
  return `${file}.${compression.ending}`;
}

/** @param pack compresses a file that nobody writes to any more */
function openBuildLog(directory: string, file: string, pack: (file: string) => void): BuildLog {
  const tail: string[] = [];
  let kept = 0;
  let pending: string[] = [];
  let pendingBytes = 0;
  let bytes = 0;
  let lines = 0;
  let state: 'empty' | 'begun' | 'broken' = 'empty';

  const flush = (): void => {
    const text = pending.join('');
    pending = [];
    pendingBytes = 0;
    if (text === '' || state === 'broken') return;
    try {
      if (state === 'empty') mkdirSync(directory, { recursive: true });
      // Opened each time: one operation can have thousands of builds, which is more than a process may have files.
      writeFileSync(join(directory, file), text, { flag: state === 'empty' ? 'w' : 'a' });
      state = 'begun';
    } catch (error) {
      state = 'broken';
      keep(
        `(the log could not be written to its file: ${error instanceof Error ? error.message : 'unknown'})`,
      );
    }
  };

  const keep = (line: string): void => {
    const text = line.length > tailLineCharacters ? cut(line) : line;
    tail.push(text);
    kept += text.length;
    while (tail.length > tailLines || kept > tailCharacters) kept -= tail.shift()?.length ?? kept;
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
      keep(line);
      if (pendingBytes >= flushBytes) flush();
    },
    flush,
    close() {
      flush();
      const isLarge = state === 'begun' && bytes > packBytes;
      if (isLarge) pack(file);
      const name = isLarge ? packedName(file) : file;
      return { tail: tail.map(cleanLine), lines, file: state === 'begun' ? name : undefined };
    },
  };
}

/** A copy on purpose: a slice keeps the whole line in memory, which can be a mebibyte. */
function cut(line: string): string {
  return `${Buffer.from(line.slice(0, tailLineCharacters)).toString()}…`;
}
