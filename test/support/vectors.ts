import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'vitest';

const folder = process.env['NIX_DISPATCH_VECTORS'] ?? resolve(import.meta.dirname, '../../../shared/vectors');

/** Golden files of Nix's own test suite and recordings of real daemons, outside this repository. */
export interface Vectors {
  /** The raw bytes of one file, path relative to the folder. */
  bytes(path: string): Uint8Array;
  text(path: string): string;
  json(path: string): unknown;
  /** File names in a folder, sorted. */
  list(path: string): readonly string[];
}

/**
 * Declares tests that need the golden vectors. Where they are absent, one skipped test of that name says what is
 * missing and how to name the folder.
 */
export function describeWithVectors(name: string, declare: (vectors: Vectors) => void): void {
  if (existsSync(folder)) {
    describe(name, () => declare(openVectors()));
    return;
  }
  it(name, (context) => {
    context.skip('no golden vectors: set NIX_DISPATCH_VECTORS to their folder');
  });
}

function openVectors(): Vectors {
  const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(resolve(folder, path)));
  const text = (path: string): string => readFileSync(resolve(folder, path), 'utf8');
  return {
    bytes,
    text,
    json: (path) => JSON.parse(text(path)) as unknown,
    list: (path) => readdirSync(resolve(folder, path)).sort(),
  };
}
