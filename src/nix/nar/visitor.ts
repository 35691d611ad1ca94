import type { ByteString } from '../byte-string.ts';

/** Path of a node below the archive's root, `bin/hello` for instance; empty for the root itself. */
export type NarPath = ByteString;

/** What is known of a regular file before its contents. */
export interface NarFileInfo {
  readonly isExecutable: boolean;
  readonly sizeBytes: number;
}

/**
 * Told about an archive's nodes in the order in which they stand: what a parser calls, and what a writer is.
 * Between `file` and `endFile` come `contents` calls that add up to `sizeBytes`; their chunks are only lent.
 */
export interface NarVisitor {
  directory(path: NarPath): void;
  endDirectory(): void;
  file(path: NarPath, info: NarFileInfo): void;
  contents(chunk: Uint8Array): void;
  endFile(): void;
  symlink(path: NarPath, target: ByteString): void;
}
