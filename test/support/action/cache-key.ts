import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../../../scripts/provision/command.ts';

/** A key pair of Nix's, each half as Nix prints it. */
export interface CacheKey {
  readonly secret: string;
  readonly public: string;
}

/** Lets Nix make a key; no file of it is left. */
export async function makeCacheKey(name: string): Promise<CacheKey> {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-key-'));
  try {
    const files = [join(folder, 'secret'), join(folder, 'public')] as const;
    await mustRun(['nix-store', '--generate-binary-cache-key', name, ...files]);
    const [secret, open] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    return { secret: secret ?? '', public: open?.trim() ?? '' };
  } finally {
    await rm(folder, { recursive: true });
  }
}
