import { expect, test } from 'vitest';
import { readError } from '../../../../src/flake/evaluator/error-text.ts';

const ROOTS = ['/nix/store/src', '/home/me/repo', '«git+file:///home/me/repo?rev=1»'];

const OLD = `error: boo
       hoo

       … while evaluating the attribute 'b'

       at /nix/store/lib/default.nix:3:4:

            5|   in {
             |   ^

       … while evaluating the attribute 'c'

       at /nix/store/src/sub/flake.nix:6:56:

            6|   }
`;

const NEW = `error:
       … while evaluating the attribute 'c'
         at «git+file:///home/me/repo?rev=1»/flake.nix:9:1:
            9|     b = throw "error: fake";
             |         ^

       … while calling the 'throw' builtin
         at «git+file:///home/me/repo?rev=1»/flake.nix:6:60:
            6|     b = throw "boo";
             |         ^

       … while calling the 'derivationStrict' builtin
         at «nix-internal»/derivation-internal.nix:37:12:
           37|   strict = derivationStrict drvAttrs;

       error: boo
         indented
       error: hoo
       at /nix/store/lib/default.nix:1:2:
            1| x`;

test('Nix 2.8: the message comes first, then its frames, innermost first', () => {
  expect(readError(OLD, ROOTS)).toEqual({
    message: 'boo\nhoo',
    position: { file: 'sub/flake.nix', line: 6, column: 56 },
  });
});

test('newer Nix: frames first, innermost last; the place in the flake wins over one elsewhere', () => {
  expect(readError(NEW, ROOTS)).toEqual({
    message: 'boo\n  indented\nerror: hoo',
    position: { file: 'flake.nix', line: 6, column: 60 },
  });
});

test('without a place in the flake, the nearest of all', () => {
  expect(readError(NEW, []).position).toEqual({ file: '/nix/store/lib/default.nix', line: 1, column: 2 });
});

test('a dirty tree is named by its own path', () => {
  const text = 'error:\n       … while x\n         at /home/me/repo/flake.nix:6:56:\n\n       error: boo';
  expect(readError(text, ROOTS)).toEqual({
    message: 'boo',
    position: { file: 'flake.nix', line: 6, column: 56 },
  });
});

test.each([
  ['error: boo', 'boo'],
  ['boo', 'boo'],
  ['', ''],
  ["warning: x\nerror: path '/a' does not exist", "path '/a' does not exist"],
])('reads %j', (text, message) => {
  expect(readError(text, ROOTS)).toEqual({ message, position: undefined });
});

test('code of Nix itself is no place to look at', () => {
  const text = 'error: x\n\n       at //builtin/derivation.nix:9:12:\n       at «string»:1:1:\n';
  expect(readError(text, ROOTS)).toEqual({ message: 'x', position: undefined });
});

test('a long message is cut, by lines and by length', () => {
  const lines = readError(
    `error: ${Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n')}`,
    [],
  );
  expect(lines.message.split('\n')).toHaveLength(21);
  expect(lines.message).toMatch(/line 19\n…$/);
  expect(readError(`error: ${'x'.repeat(10_000)}`, []).message).toHaveLength(4001);
});
