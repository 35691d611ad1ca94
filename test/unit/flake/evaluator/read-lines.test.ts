import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines } from '../../../../src/flake/evaluator/read-lines.ts';

async function linesOf(chunks: readonly Uint8Array[], mostBytes: number): Promise<string[]> {
  const lines: string[] = [];
  const through = new PassThrough();
  readLines(through, mostBytes, (line) => lines.push(line));
  Readable.from(chunks).pipe(through);
  await text(through.resume());
  return lines;
}

test('splits lines however they are cut, in the middle of a character too', async () => {
  const whole = Buffer.from('one\n\nzwei ü 😀\n  three  \nlast');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: whole.length })), async (cuts) => {
      const places = [0, ...cuts.toSorted((one, other) => one - other), whole.length];
      const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
      const filled = chunks.filter((chunk) => chunk.length > 0);
      expect(await linesOf(filled, 100)).toEqual(['one', '', 'zwei ü 😀', '  three  ', 'last']);
    }),
    { numRuns: 100 },
  );
});

test('drops the rest of a line that is too long, and goes on with the next', async () => {
  const block = Buffer.alloc(1024 * 1024, 'x');
  const before = process.memoryUsage().arrayBuffers;
  const lines = await linesOf([...Array.from({ length: 200 }, () => block), Buffer.from('\nnext\n')], 1000);
  expect(lines).toEqual(['x'.repeat(1000), 'next']);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024);
});
