import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { joinAttributes, nixString, splitAttributes } from '../../../src/flake/attribute-path.ts';

test.each([
  ['plain', '"plain"'],
  ['a"b\\c', String.raw`"a\"b\\c"`],
  ['${x} $x $$', String.raw`"\${x} $x $$"`],
  ['a\nb\r\tc', String.raw`"a\nb\r\tc"`],
])('writes %j as a Nix string', (text, literal) => {
  expect(nixString(text)).toBe(literal);
});

test('a literal never holds a line break, because the REPL reads lines', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      expect(nixString(text)).not.toMatch(/[\n\r]/);
    }),
  );
});

test.each([
  [['a'], 'a'],
  [['weird.name'], 'weird.name'],
  [['tests', 'weird.name'], 'tests."weird.name"'],
  [['a', 'b-c', "d'"], "a.b-c.d'"],
])('joins %j', (path, joined) => {
  expect(joinAttributes(path)).toBe(joined);
});

test.each([
  ['checks', ['checks']],
  ['legacyPackages.x86_64-linux.hello', ['legacyPackages', 'x86_64-linux', 'hello']],
  ['a."b.c".d', ['a', 'b.c', 'd']],
  [String.raw`a."b\"c"`, ['a', 'b"c']],
  ['a..b', undefined],
  ['a.', undefined],
  ['', undefined],
  ['a."b', undefined],
  ['a b', undefined],
])('splits %j', (text, path) => {
  expect(splitAttributes(text)).toEqual(path);
});
