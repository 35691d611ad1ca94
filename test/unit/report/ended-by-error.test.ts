import { expect, test } from 'vitest';
import { renderEndedByError } from '../../../src/report/summary/ended-by-error.ts';

test.each([
  ['each line of it', 'no flake here\nSay which.', '<pre>no flake here\nSay which.</pre>'],
  ['what is markup as text', '</pre><script>@all\n# x', '<pre>&lt;/pre&gt;&lt;script&gt;@all\n# x</pre>'],
  ['without escape codes', '\u001b[31mred\u001b[0m', '<pre>red</pre>'],
])('a summary of an error shows %s', (_, message, shown) => {
  expect(renderEndedByError(message)).toBe(`## ❌ Ended by an error\n\n${shown}\n`);
});

test('a summary of an error stays small', () => {
  expect(renderEndedByError('<'.repeat(1e6)).length).toBeLessThan(100_000);
});
