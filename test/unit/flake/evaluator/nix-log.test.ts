import { assert, json, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { parseNixLogLine, plainText } from '../../../../src/flake/evaluator/nix-log.ts';

const line = (value: unknown): string => `@nix ${JSON.stringify(value)}`;

test.each([
  [
    { action: 'msg', level: 0, msg: 'trace: {"a":"\u001B[1m"}' },
    { kind: 'trace', text: '{"a":"\u001B[1m"}' },
  ],
  [
    { action: 'msg', level: 0, msg: '\u001B[31;1merror:\u001B[0m boo' },
    { kind: 'error', text: 'error: boo' },
  ],
  [
    { action: 'msg', level: 0, msg: 'warning: no group' },
    { kind: 'warning', text: 'no group' },
  ],
  [
    { action: 'msg', level: 0, msg: '\u001B[35;1mevaluation warning:\u001B[0m careful' },
    { kind: 'warning', text: 'careful' },
  ],
  [
    { action: 'msg', level: 1, msg: 'Git tree is dirty' },
    { kind: 'warning', text: 'Git tree is dirty' },
  ],
  [
    { action: 'msg', level: 0, msg: 'error (ignored): no cache' },
    { kind: 'warning', text: 'no cache' },
  ],
  [
    { action: 'msg', level: 1, msg: "error: SQLite database '/nix/var/nix/db/db.sqlite' is busy" },
    { kind: 'activity' },
  ],
  [
    { action: 'msg', level: 2, msg: 'Nix 2.34.8' },
    { kind: 'notice', text: 'Nix 2.34.8' },
  ],
  [
    { action: 'start', type: 105, fields: ['/nix/store/x.drv', '', 1, 1], id: 1 },
    { kind: 'build-started', drvPath: '/nix/store/x.drv', machine: '' },
  ],
  [{ action: 'start', type: 105, id: 1 }, { kind: 'activity' }],
  [{ action: 'result', type: 106, fields: [0, 1], id: 1 }, { kind: 'activity' }],
  [{ action: 'msg', level: 0, msg: 7 }, { kind: 'activity' }],
])('reads %j', (value, expected) => {
  expect(parseNixLogLine(line(value))).toEqual(expected);
});

test('text outside the format is kept', () => {
  const text = 'error: stack overflow (possible infinite recursion)';
  expect(parseNixLogLine(text)).toEqual({ kind: 'raw', text });
  expect(parseNixLogLine('@nix {"action":')).toEqual({ kind: 'raw', text: '@nix {"action":' });
  expect(parseNixLogLine('@nix []')).toEqual({ kind: 'raw', text: '@nix []' });
});

test('a warning outside the format is a warning', () => {
  const text = "\u001B[35;1mwarning:\u001B[0m unknown setting 'eval-cores'";
  expect(parseNixLogLine(text)).toEqual({ kind: 'warning', text: "unknown setting 'eval-cores'" });
});

test('any line is read', () => {
  assert(
    property(
      oneof(
        string({ unit: 'binary' }),
        json().map((text) => `@nix ${text}`),
      ),
      (text) => {
        expect(parseNixLogLine(text).kind).toBeTypeOf('string');
      },
    ),
  );
});

test.each([
  ['\u001B[31;1mred\u001B[0m', 'red'],
  ['\u001B]8;;https://x\u0007link\u001B]8;;\u001B\\', 'link'],
  ['a\tb\nc\r\nd\re\u0000\u009B', 'a\tb\nc\nde'],
])('makes %j plain', (text, plain) => {
  expect(plainText(text)).toBe(plain);
});

test('reads a message with control characters that old versions do not escape', () => {
  const line = parseNixLogLine(
    '@nix {"action":"msg","level":0,"msg":"error: attribute \'a\u0007\u001b[31mb\' missing"}',
  );
  expect(line).toMatchObject({ kind: 'error', text: "error: attribute 'a[31mb' missing" });
});
