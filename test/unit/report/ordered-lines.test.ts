import { expect, it } from 'vitest';
import { createOrderedLines } from '../../../src/report/log/ordered-lines.ts';

it('prints what waited behind a reserved place in order, however much it is, without blocking', () => {
  const count = 300_000;
  const printed: string[] = [];
  const lines = createOrderedLines(
    (line) => void printed.push(line),
    2000,
    () => 0,
  );
  const fill = lines.reserve();
  for (let line = 0; line < count; line += 1) lines.print([`line ${line}`]);
  expect(printed).toEqual([]);
  const beganAtMs = performance.now();
  fill(['the end of a build']);
  // Taking each off an array costs the square of their number: many seconds.
  expect(performance.now() - beganAtMs).toBeLessThan(2000);
  expect(printed.length).toBe(count + 1);
  expect(printed.slice(0, 2)).toEqual(['the end of a build', 'line 0']);
  expect(printed.at(-1)).toBe(`line ${count - 1}`);
});
