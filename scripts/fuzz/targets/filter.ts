import { labelText, programResults } from '../../../src/flake/filter/filter-program.ts';
import { placeCondition } from '../../../src/flake/filter/place-condition.ts';
import { endingOf, textOf, texts, type FuzzTarget } from '../target.ts';

const attribute = {
  name: 'hello',
  description: '',
  topAttr: 'checks',
  system: 'x86_64-linux',
  attr: 'hello',
  type: 'derivation',
  path: ['checks', 'x86_64-linux', 'hello'],
} as const;

/** What jq's thread sends back, and jq programs before jq sees them. */
export const filter: FuzzTarget = {
  name: 'filter',
  share: 6,
  samples: texts(
    '[true]\n[false]\n[null]\n',
    '[null,"message"]\n["a label"]\n',
    '.top_attr == "checks" and .system == "x86_64-linux" and (.name | test("x"))',
    'if .attr then "\\(.attr)" else null end // "b"',
  ),
  tokens: texts(
    '[',
    ']',
    '\n',
    'null',
    '1e1000',
    'nan',
    '-0',
    '"',
    '\\u0000',
    '\\ud800',
    '.top_attr',
    '.system',
    ' and ',
    ' or ',
    '==',
    '//',
    '|',
    '(',
    ')',
    'reduce',
    '?//',
    '\\(',
    '..',
    '#',
    '{',
    ',',
  ),
  take(bytes) {
    const text = textOf(bytes);
    const condition = placeCondition(text, ['top_attr', 'system']);
    return endingOf(() => {
      const lines = text.split('\n').filter((line) => line !== '').length;
      const results = programResults('label_builds', text, lines);
      for (const result of results)
        if (result.kind === 'value') labelText(result.value, attribute).slice(0, 1);
      return `${condition?.kind} ${Math.min(results.length, 3)} ${results[0]?.kind}`;
    });
  },
};
