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
  let wake = (): void => {};
  let failure: { readonly reason: unknown } | undefined;
  source.on('drain', () => wake());
  const written = writeCompressed(source, path, partialPath);
  written.catch((reason: unknown) => {
    failure = { reason };
    wake();
  });
  return {
    async write(chunk) {
      if (failure === undefined && (chunk.length === 0 || source.write(chunk))) return;
      if (failure === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure !== undefined) throw failure.reason;
    },
    finish() {
      source.end();
      return written;
    },
    async abandon() {
      source.destroy();
      await written.catch(() => {});
    },
  };
}
