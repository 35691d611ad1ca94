import { expect, it } from 'vitest';
import { explainNobodyLeft } from '../../../../src/dispatch/schedule/explain.ts';

it.each([
  ['no builder at all', [], 'is gone'],
  ['builders that build', [{ name: 'b1', maxJobs: 1 }], 'is gone'],
  [
    'builders without slots',
    [
      { name: 'b1', maxJobs: 0 },
      { name: 'b2', maxJobs: 4 },
      { name: 'b3', maxJobs: 0 },
    ],
    'is gone or builds nothing: jobs, column 4 of the machine line, is 0 for b1, b3',
  ],
])('says of %s why nothing is built any more', (_case, builders, end) => {
  expect(explainNobodyLeft(builders)).toBe(
    `every builder that could build it, or that had its inputs, ${end}`,
  );
});
