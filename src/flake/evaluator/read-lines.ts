import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;

/**
 * Calls back with each line of a stream, without its end, as UTF-8. Of a line longer than `mostBytes` the rest is dropped: a flake may print
 * what it likes, and no text can be longer than 512 MiB.
 */
export function readLines(stream: Readable, mostBytes: number, onLine: (line: string) => void): void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  const hold = (piece: Buffer): void => {
    const kept = piece.subarray(0, mostBytes - heldBytes);
    if (kept.length === 0) return;
    held.push(kept);
    heldBytes += kept.length;
  };
  const endLine = (): void => {
    const line = Buffer.concat(held).toString('utf8');
    held = [];
    heldBytes = 0;
    onLine(line);
  };
  stream.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      hold(chunk.subarray(start, end));
      endLine();
      start = end + 1;
    }
    hold(chunk.subarray(start));
  });
  stream.on('end', () => {
    if (heldBytes > 0) endLine();
  });
}
