import type { Readable } from 'node:stream';

const KEPT_BYTES = 64 * 1024;

/**
 * Drains a process's stderr, which would block it otherwise (protocol §2), and keeps the last 64 KiB.
 *
 * @returns what was kept so far, what is not UTF-8 as U+FFFD
 */
export function keepTail(stderr: Readable): () => string {
  let chunks: Buffer[] = [];
  let length = 0;
  stderr.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= KEPT_BYTES * 2) return;
    const tail = Buffer.concat(chunks).subarray(-KEPT_BYTES);
    chunks = [Buffer.from(tail)];
    length = tail.length;
  });
  stderr.on('error', () => {});
  return () => Buffer.concat(chunks).subarray(-KEPT_BYTES).toString('utf8');
}
