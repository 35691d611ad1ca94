import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../nix/hash/sha256.ts';
import type { StorePath } from '../../nix/store-path.ts';
import { runNix, type NixProgram } from '../evaluator/nix-command.ts';
import { parseEvaluation, printEvaluation, type StoredEvaluation } from './stored-evaluation.ts';

/** Enough for every branch that somebody works on at a time. */
const MOST_ENTRIES = 50;
/** Far below what a command line holds. */
const PATHS_A_CALL = 500;

/**
 * Finds an earlier evaluation. Undefined when there is none, or a `.drv` file of it is gone from the store; a store never holds a `.drv`
 * file without all it refers to.
 */
export async function findEvaluation(
  folder: string,
  key: string,
  nix: NixProgram,
  signal: AbortSignal,
): Promise<StoredEvaluation | undefined> {
  const text = await readFile(fileOf(folder, key), 'utf8').catch(() => undefined);
  const stored = text === undefined ? undefined : parseEvaluation(text);
  if (stored === undefined || stored.key !== key) return undefined;
  const drvPaths = [...new Set(stored.jobs.map((job) => job.drvPath))];
  return (await areValid(drvPaths, nix, signal)) ? stored : undefined;
}

/** Keeps an evaluation, and drops the oldest beyond a number. Throws what `node:fs` throws. */
export async function keepEvaluation(folder: string, evaluation: StoredEvaluation): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = fileOf(folder, evaluation.key);
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, printEvaluation(evaluation), { mode: 0o600 });
  await rename(temporary, file);
  await dropOldest(folder);
}

async function areValid(paths: readonly StorePath[], nix: NixProgram, signal: AbortSignal): Promise<boolean> {
  for (let index = 0; index < paths.length; index += PATHS_A_CALL) {
    const words = ['path-info', '--derivation', ...paths.slice(index, index + PATHS_A_CALL)];
    const { exitCode } = await runNix(nix, words, signal);
    if (exitCode !== 0) return false;
  }
  return true;
}

async function dropOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => ({ name, changedAtMs: (await stat(join(folder, name))).mtimeMs })),
  );
  const oldest = files.sort((a, b) => b.changedAtMs - a.changedAtMs).slice(MOST_ENTRIES);
  await Promise.all(oldest.map(({ name }) => rm(join(folder, name), { force: true })));
}

function fileOf(folder: string, key: string): string {
  return join(folder, `${Buffer.from(sha256(new TextEncoder().encode(key))).toString('hex')}.json`);
}
