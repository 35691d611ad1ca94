import { array, assert, constantFrom, property } from 'fast-check';
import { loadJq } from 'jq-wasm/inline';
import { expect, test } from 'vitest';
import { selectionProgram } from '../../../../src/flake/filter/filter-program.ts';
import { placeCondition, type PlaceField } from '../../../../src/flake/filter/place-condition.ts';

const ALL: readonly PlaceField[] = ['top_attr', 'system', 'attr'];

test.each([
  '.top_attr == "checks"',
  '.top_attr == "packages" or .top_attr == "checks"',
  '.system=="x86_64-linux" and (.attr|test("^w"))',
  'true',
  'null',
  'empty',
  'select(.attr | startswith("a") | not)',
  'if .system == "x86_64-linux" then .attr != "x" else false end',
  '.system | IN("a-linux", "b-linux")',
])('%s is decided by names', (program) => {
  expect(placeCondition(program, ALL)).toEqual({ kind: 'decides', program });
});

test.each([
  ['.top_attr == "checks" and .name == "x"', '.top_attr == "checks" '],
  [
    '.top_attr == "checks" and .system == "a" and (.description | test("and"))',
    '.top_attr == "checks"  and  .system == "a" ',
  ],
  ['(.attr == "a" or .attr == "b") and .name != "" and .attr != "c"', '(.attr == "a" or .attr == "b") '],
])('%s is excluded by names', (program, part) => {
  expect(placeCondition(program, ALL)).toEqual({ kind: 'excludes', program: part });
});

test.each([
  '.name == "x"',
  '.name == "x" and .top_attr == "checks"',
  '.attr == "a" and .attr == "b" or .name == "c"',
  '.attr == "a" and .name == "b" | not',
  '.attr == "a" and .name == "b", true',
  '.attr == "a" and .name == "b" // true',
  'if .attr == "a" and .name == "b" then 1 else 2 end',
  '."name" == "x"',
  '. "name" == "x"',
  '.["name"] == "x"',
  '.[] == "x"',
  '..',
  '. == .',
  'any(. == "x")',
  'tostring | test("x")',
  'keys | length == 6',
  'to_entries | length == 6',
  '"\\(.name)" == "x"',
  'def attr: .name; attr == "x"',
  '.attr == "a" # and .name',
  '.attr == $__loc__',
  'input | true',
  '{} == .',
  'getpath(["name"]) == "x"',
  '.attr == "a" and (true) as $x | .name == "b"',
])('%s is left to evaluation', (program) => {
  expect(placeCondition(program, ALL)).toBeUndefined();
});

test('only known fields decide', () => {
  expect(placeCondition('.top_attr == "checks"', ['top_attr'])?.kind).toBe('decides');
  expect(placeCondition('.system == "a"', ['top_attr'])).toBeUndefined();
  expect(placeCondition('.top_attr == "checks" and .system == "a"', ['top_attr'])).toEqual({
    kind: 'excludes',
    program: '.top_attr == "checks" ',
  });
});

const WORDS = `
  .top_attr .system .attr .name . "checks" "a" "name" true null 1 == != < | , // and or not ( ) select( test( contains( )
  length empty if then else end ? ltrimstr("a") startswith("a") [ ] ..`
  .trim()
  .split(/\s+/);

test('what is not known never changes what was decided', async () => {
  const jq = await loadJq();
  const inputs = ['', 'a', 'checks'].map((name) => ({
    name,
    description: `${name} tool`,
    top_attr: 'checks',
    system: 'a',
    attr: 'b',
    type: 'derivation',
  }));
  const run = (program: string): unknown[] => jq.json<unknown[]>(inputs, selectionProgram(program));
  let valid = 0;
  const words = array(constantFrom(...WORDS), { minLength: 1, maxLength: 7 });
  assert(
    property(words, (parts) => {
      const program = parts.join(' ');
      const condition = placeCondition(program, ALL);
      if (condition === undefined || jq.raw('', program).exitCode !== 0) return;
      valid += 1;
      const [first, ...others] = run(condition.program).map((result) =>
        Array.isArray(result) ? result[0] : result,
      );
      expect(others, program).toEqual([first, first]);
      if (condition.kind === 'excludes' && first === false) {
        expect(run(program), program).toEqual([[false], [false], [false]]);
      }
    }),
    { numRuns: 15_000, seed: 7 },
  );
  expect(valid).toBeGreaterThan(500);
});
