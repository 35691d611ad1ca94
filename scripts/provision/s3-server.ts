import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import type { ToolsOutcome } from './tools.ts';
import { createPythonEnvironment, pip } from './python.ts';

/** A server that speaks S3, from PyPI. */
const VERSION = '5.2.5';

const environment = (): string => join(cacheFolder(), `moto-${VERSION}`);
const program = (): string => join(environment(), 'bin', 'moto_server');

/** Absolute path of the server; undefined when {@link ensureS3Server} has not brought it yet. */
export function findS3Server(): string | undefined {
  return existsSync(program()) ? program() : undefined;
}

/** Installs the server into the cache folder, once. */
export async function ensureS3Server(log: (line: string) => void): Promise<ToolsOutcome> {
  if (findS3Server() !== undefined) return { ok: true };
  log(`installing moto ${VERSION}`);
  try {
    await mkdir(cacheFolder(), { recursive: true });
    await createPythonEnvironment(environment());
    await pip(environment(), [`moto[server]==${VERSION}`]);
    return { ok: true };
  } catch (error) {
    // What is half there would count as installed.
    await rm(environment(), { recursive: true, force: true });
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
