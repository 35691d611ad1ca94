import { expect, it } from 'vitest';
import { blockOf, withoutBlock } from '../../../../src/setup/configure/machines-block.ts';

const mine = blockOf('aa', ['ssh-ng://one', 'ssh-ng://two']);
const other = blockOf('bb', ['ssh-ng://three']);

it.each([
  ['', mine, ''],
  ['ssh://own\n', mine, 'ssh://own\n'],
  ['# no end of line\n', `${mine}${other}`, `# no end of line\n${other}`],
  [other, `${mine}ssh://later\n`, `${other}ssh://later\n`],
])('takes its own lines out again: %j + %j', (before, added, rest) => {
  expect(withoutBlock(before + added, 'aa')).toBe(rest);
});

it('writes nothing that ends an entry within a comment', () => {
  expect(mine).not.toContain(';');
});
