import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findExecutable } from '../../../scripts/provision/command.ts';
import { treeFolder } from '../../../scripts/provision/trees.ts';

/**
 * Writes programs to a folder for the PATH of a runner whose Nix is the newest of the farm's, as far as buckets go: Debian leaves S3 out of
 * its older ones. Everything else is the machine's own Nix, as the store is.
 */
export async function writeNewerNix(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const tree = treeFolder('2.34.8');
  const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'usr/lib/nix'];
  const path = libraries.map((library) => join(tree, library)).join(':');
  for (const name of ['nix', 'nix-daemon']) {
    const script = [
      '#!/bin/sh',
      'case "$NIX_CONFIG" in *"store = s3:"*) ;;',
      `*) exec ${findExecutable(name)} "$@" ;; esac`,
      `for loader in ${tree}/usr/lib64/ld-linux-x86-64.so.2 ${tree}/usr/lib/ld-linux-aarch64.so.1; do`,
      `  [ -e "$loader" ] && exec "$loader" --argv0 ${name} --library-path ${path} ${tree}/usr/bin/nix "$@"`,
      'done',
    ];
    await writeFile(join(folder, name), `${script.join('\n')}\n`, { mode: 0o755 });
  }
}
