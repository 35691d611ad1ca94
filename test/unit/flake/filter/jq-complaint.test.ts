import { expect, test } from 'vitest';
import { jqComplaint } from '../../../../src/flake/filter/jq-complaint.ts';

const head = "jq: error: syntax error, unexpected '=' at <top-level>, line 1, column 9:";

/** As jq prints it: marks are indented by bytes. */
function complaint(row: string, at: number, length = 1): string {
  const bytes = Buffer.byteLength(row.slice(0, at));
  return `${head}\n    ${row}\n    ${' '.repeat(bytes)}${'^'.repeat(length)}\njq: 1 compile error`;
}

test('a short program is repeated as jq does', () => {
  expect(jqComplaint(complaint('.attr = = "x"', 8))).toBe(`${head}\n    .attr = = "x"\n            ^`);
});

test('of a long one, what lies around the fault', () => {
  const row = `.attr == "${'a'.repeat(2500)}" = "${'z'.repeat(2500)}"`;
  const at = row.indexOf(' = ') + 1;
  const [first, shown = '', marks = '', ...more] = jqComplaint(complaint(row, at)).split('\n');
  expect(first).toBe(head);
  expect(shown).toBe(`    …${'a'.repeat(58)}" = "${'z'.repeat(58)}…`);
  expect(shown[marks.indexOf('^')]).toBe('=');
  expect(more).toEqual([]);
});

test('marks stand under the fault behind letters of several bytes', () => {
  const row = `"${'é'.repeat(100)}" = 1`;
  const [, shown = '', marks = ''] = jqComplaint(complaint(row, row.indexOf('='))).split('\n');
  expect(shown[marks.indexOf('^')]).toBe('=');
});

test('marks end with what is shown', () => {
  const row = `if ${'x'.repeat(5000)}`;
  const [, shown = '', marks = ''] = jqComplaint(complaint(row, 0, row.length)).split('\n');
  expect(shown.length).toBeLessThan(100);
  expect(marks.length).toBeLessThan(shown.length);
});

test('a thousand faults in one line are told shortly', () => {
  const row = Array.from({ length: 1000 }, (_, index) => `nope${index}`).join(' or ');
  const all = Array.from({ length: 1000 }, (_, index) => complaint(row, row.indexOf(`nope${index}`), 5));
  const told = jqComplaint(all.join('\n'));
  expect(told.length).toBeLessThan(3000);
  expect(told).toMatch(/^jq: error: [^]*nope0[^]*\n…$/);
});

test('a message that repeats the program itself is cut', () => {
  const told = jqComplaint(`jq: error: Invalid escape (while parsing '"${'😀'.repeat(3000)}"')`);
  expect(told.length).toBeLessThan(700);
  expect(told).not.toMatch(/\p{Surrogate}/u);
});

test('what looks otherwise stays', () => {
  expect(jqComplaint('jq: error: something\n    ^^\n')).toBe('jq: error: something');
  expect(jqComplaint('')).toBe('');
});
