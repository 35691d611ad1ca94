import { once } from 'node:events';
import { PassThrough } from 'node:stream';

import { writeCompressed, type CompressedFile } from '../../compression.ts';

/** A compressed file that takes its bytes piece by piece. */
export interface ByteFeed {
  /** Resolves when more may come. Rejects when the file can't be written. */
  write(chunk: Uint8Array): Promise<void>;
  /** The file is whole, and has its name from now on. */
  finish(): Promise<CompressedFile>;
  /** Nothing is left of it. Never rejects. */
  abandon(): Promise<void>;
}

/** Begins a file; see {@link writeCompressed}. */
export function createByteFeed(path: string, partialPath: string): ByteFeed {
  const source = new PassThrough();
  const written = writeCompressed(source, path, partialPath);
  // Whoever writes next is told.
  written.catch(() => {});
  return {
    async write(chunk) {
      if (chunk.length === 0 || source.write(chunk)) return;
      const drained = new AbortController();
      try {
        await Promise.race([once(source, 'drain', { signal: drained.signal }), written]);
      } finally {
        drained.abort();
      }
    },
    finish() {
      source.end();
      return written;
    },
    async abandon() {
      source.destroy(new Error('abandoned'));
      await written.catch(() => {});
    },
  };
}
