import { expect, test } from 'vitest';
import { Batches } from '../../../src/flake/batches.ts';

test('the first item goes at once, the others with what came meanwhile', async () => {
  const handled: number[][] = [];
  const batches = new Batches<number>(1, async (batch) => {
    handled.push([...batch]);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  });
  await Promise.all([1, 2, 3].map((item) => batches.add(item)));
  await batches.add(4);
  expect(handled).toEqual([[1], [2, 3], [4]]);
});

test('what the handler throws reaches those who wait', async () => {
  const batches = new Batches<number>(1, () => Promise.reject(new Error('no jq')));
  await expect(batches.add(1)).rejects.toThrow('no jq');
});
