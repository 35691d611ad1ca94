import type { Duplex } from 'node:stream';

/** What came in place of bytes that were expected. */
export type Match =
  /** They came; what came behind them is still to be read. */
  | { readonly kind: 'same' }
  /** Others did; all that was read. */
  | { readonly kind: 'other'; readonly read: Buffer }
  /** The stream ended before. */
  | { readonly kind: 'ended' };

/** Reads from a stream until it has said exactly these bytes, or anything else. */
export async function matchBytes(stream: Duplex, expected: Uint8Array): Promise<Match> {
  let read = Buffer.alloc(0);
  while (read.length < expected.byteLength) {
    const chunk = await nextChunk(stream);
    if (chunk === undefined) return { kind: 'ended' };
    read = Buffer.concat([read, chunk]);
    const length = Math.min(read.length, expected.byteLength);
    if (Buffer.compare(read.subarray(0, length), expected.subarray(0, length)) !== 0) {
      return { kind: 'other', read };
    }
  }
  if (read.length > expected.byteLength) stream.unshift(read.subarray(expected.byteLength));
  return { kind: 'same' };
}

/** All that a stream has to read, as soon as there is anything; undefined when it has ended. */
function nextChunk(stream: Duplex): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const done = (chunk: Buffer | undefined): void => {
      stream.off('readable', look).off('end', end).off('close', end).off('error', end);
      resolve(chunk);
    };
    const end = (): void => done(undefined);
    const look = (): void => {
      const chunk: unknown = stream.read();
      if (Buffer.isBuffer(chunk)) done(chunk);
    };
    stream.on('readable', look).on('end', end).on('close', end).on('error', end);
    if (stream.destroyed || stream.readableEnded) end();
    else look();
  });
}
