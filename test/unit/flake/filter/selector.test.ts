import { afterEach, expect, test } from 'vitest';
import { Selector, type SelectorOptions } from '../../../../src/flake/filter/selector.ts';
import type { Attribute } from '../../../../src/flake/job.ts';

const DEFAULT_LABEL = String.raw`"\(.attr) [\(.system)]"`;
const open: Selector[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((selector) => selector.close()));
});

async function selectorOf(options: Partial<SelectorOptions>): Promise<Selector> {
  const selector = await Selector.open({ filter: 'true', label: DEFAULT_LABEL, limitMs: 10_000, ...options });
  open.push(selector);
  return selector;
}

function attribute(attr: string, more: Partial<Attribute> = {}): Attribute {
  const place = { topAttr: 'checks', system: 'x86_64-linux', attr };
  return {
    ...place,
    path: ['checks', place.system, attr],
    name: attr,
    description: '',
    type: 'derivation',
    ...more,
  };
}

const ATTRIBUTES = [attribute('hello'), attribute('weird.name'), attribute('b', { topAttr: 'packages' })];

test.each([
  ['.top_attr == "checks"', [true, true, false]],
  ['true', [true, true, true]],
  ['.description == ""', [true, true, true]],
  ['.system=="x86_64-linux" and (.attr|test("^w"))', [false, true, false]],
  ['null', [false, false, false]],
  ['empty', [false, false, false]],
  ['true, true', [true, true, true]],
  ['false, true', [true, true, true]],
  ['.name', [true, true, true]],
  ['true # a comment', [true, true, true]],
  ['def x: .attr; x == "b"', [false, false, true]],
  ['keys_unsorted == ["name","description","top_attr","system","attr","type"]', [true, true, true]],
  ['.type == "derivation"', [true, true, true]],
])('%s selects', async (filter, selected) => {
  const selector = await selectorOf({ filter });
  expect(await selector.select(ATTRIBUTES)).toEqual(selected);
});

test.each([
  [DEFAULT_LABEL, ['hello [x86_64-linux]', 'weird.name [x86_64-linux]', 'b [x86_64-linux]']],
  [String.raw`"\(.attr).\(.system)"`, ['hello.x86_64-linux', 'weird.name.x86_64-linux', 'b.x86_64-linux']],
  ['empty', ['hello [x86_64-linux]', 'weird.name [x86_64-linux]', 'b [x86_64-linux]']],
  ['.attr, "second"', ['hello', 'weird.name', 'b']],
  ['if .attr == "b" then .attr else " " end', ['hello [x86_64-linux]', 'weird.name [x86_64-linux]', 'b']],
  ['[.attr]', ['["hello"]', '["weird.name"]', '["b"]']],
])('%s labels', async (label, labels) => {
  const selector = await selectorOf({ label });
  expect(await selector.label(ATTRIBUTES)).toEqual(labels);
});

test("invalid jq is an error with jq's own message and the expression", async () => {
  await expect(selectorOf({ filter: '.attr = = "x"' })).rejects.toMatchObject({
    code: 'filter',
    message: expect.stringMatching(
      /filter_builds is not valid jq: jq: error: syntax error, unexpected '='[^]*The expression is: \.attr = = "x"$/,
    ),
  });
  await expect(selectorOf({ label: 'nope(1)' })).rejects.toMatchObject({
    code: 'filter',
    message: expect.stringContaining('label_builds is not valid jq: jq: error: nope/1 is not defined'),
  });
});

test('text that would break out of its parentheses is invalid', async () => {
  await expect(selectorOf({ filter: 'true) | (false' })).rejects.toMatchObject({ code: 'filter' });
});

test('an error while filtering names the attribute', async () => {
  const selector = await selectorOf({ filter: '.name | tonumber' });
  await expect(selector.select(ATTRIBUTES)).rejects.toMatchObject({
    code: 'filter',
    message: expect.stringMatching(
      /^filter_builds failed on checks\.x86_64-linux\.hello: jq: error: .*number/,
    ),
  });
});

test('a filter that ends jq is an error', async () => {
  const selector = await selectorOf({ filter: 'halt' });
  await expect(selector.select(ATTRIBUTES)).rejects.toThrow('filter_builds ended jq after 0 of 3 attributes');
});

test('a filter that never ends is stopped, and the next call works', async () => {
  const selector = await selectorOf({
    filter: 'if .attr == "hello" then last(repeat(1)) else true end',
    limitMs: 700,
  });
  const [hello, ...others] = ATTRIBUTES;
  await expect(selector.select([hello ?? attribute('')])).rejects.toMatchObject({
    code: 'filter',
    message:
      'filter_builds: jq gave no result: it did not end within 0.7 s\nThe expression is: if .attr == "hello" then last(repeat(1)) else true end',
  });
  expect(await selector.select(others)).toEqual([true, true]);
});

test('a filter that needs too much memory is stopped, and the next call works', async () => {
  const selector = await selectorOf({ filter: 'if .attr == "hello" then (.attr * 200000000) else true end' });
  const [hello, ...others] = ATTRIBUTES;
  await expect(selector.select([hello ?? attribute('')])).rejects.toThrow(
    'jq gave no result: it ran out of memory',
  );
  expect(await selector.select(others)).toEqual([true, true]);
});

test.each([
  ['recursion that ends in no value', 'def f: f + 1; f'],
  ['a list that grows for ever', '[recurse(. ; true)] | length > 0'],
  ['a value nested for ever', 'def f: [f]; f'],
])(
  '%s is stopped with a word on which filter it was',
  async (_, filter) => {
    const selector = await selectorOf({ filter, limitMs: 1500 });
    const began = performance.now();
    await expect(selector.select([attribute('a')])).rejects.toMatchObject({
      code: 'filter',
      message: expect.stringContaining(filter),
    });
    expect(performance.now() - began).toBeLessThan(40_000);
  },
  60_000,
);

test('names decide early what they can', async () => {
  const selector = await selectorOf({ filter: '.top_attr == "checks" and (.name | test("x"))' });
  expect(await selector.decideEarly(ATTRIBUTES, ['top_attr'])).toEqual(['open', 'open', 'rejected']);
  const whole = await selectorOf({ filter: '.top_attr == "checks"' });
  expect(await whole.decideEarly(ATTRIBUTES, ['top_attr'])).toEqual(['selected', 'selected', 'rejected']);
  expect(await whole.decideEarly(ATTRIBUTES, ['attr'])).toEqual(['open', 'open', 'open']);
});

test('ten thousand attributes are one call', async () => {
  const selector = await selectorOf({ filter: '.attr | test("7$")' });
  const many = Array.from({ length: 10_000 }, (_, index) => attribute(`a${index}`));
  const startedAtMs = performance.now();
  const selected = await selector.select(many);
  expect(selected.filter(Boolean)).toHaveLength(1000);
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
});

test('nothing of the environment is visible', async () => {
  process.env['NIX_DISPATCH_TEST_SECRET'] = 'hunter2';
  const selector = await selectorOf({ filter: '(env, $ENV) | tostring | test("hunter2")' });
  expect(await selector.select([attribute('a')])).toEqual([false]);
});
