import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';

/** How what a run leaves behind is compressed. */
export interface Compression {
  /** As `.narinfo` files call it. */
  readonly name: 'zstd' | 'gzip';
  /** Ending of file names, without a dot. */
  readonly ending: 'zst' | 'gz';
  readonly create: () => Transform;
}

/** A file that was written compressed. */
export interface CompressedFile {
  readonly sizeBytes: number;
  /** Of the file, 32 bytes. */
  readonly sha256: Uint8Array;
}

const chunkSize = 64 * 1024;

/** Zstandard where Node has it (22.15 and newer), otherwise gzip; Nix reads both. */
export const compression: Compression =
  'createZstdCompress' in zlib
    ? { name: 'zstd', ending: 'zst', create: () => zlib.createZstdCompress({ chunkSize }) }
    : { name: 'gzip', ending: 'gz', create: () => zlib.createGzip({ chunkSize }) };

/**
 * Compresses bytes into a file as they come. The file has its name only once it is whole.
 *
 * @param partialPath where it grows, on the same disk
 */
export async function writeCompressed(
  source: Readable,
  path: string,
  partialPath: string,
): Promise<CompressedFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    // Without waiting: the source may fail, and nobody would be told.
    for (const file of [path, partialPath]) mkdirSync(dirname(file), { recursive: true });
    await pipeline(source, compression.create(), count, createWriteStream(partialPath));
    await rename(partialPath, path);
  } catch (error) {
    await rm(partialPath, { force: true }).catch(() => {});
    throw error;
  }
  return { sizeBytes, sha256: hash.digest() };
}
