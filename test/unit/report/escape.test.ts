import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanLine, cleanText } from '../../../src/report/escape/clean.ts';
import { clip, clipStart, utf8Length } from '../../../src/report/escape/clip.ts';
import { htmlText, markdownCode, markdownText, preformatted } from '../../../src/report/escape/markup.ts';
import { mermaidLabel } from '../../../src/report/escape/mermaid.ts';
import { shellWord } from '../../../src/report/escape/shell.ts';
import { terminalLine } from '../../../src/report/escape/terminal.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';
import { RenderedMarkdown } from '../../support/report/rendered-markdown.ts';

const ACTED_ON =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;
const TABLE_ELEMENTS = ['table', 'tbody', 'td', 'th', 'thead', 'tr'];

describe('cleaned text', () => {
  test.each([
    ['a \u001b[1;31mred\u001b[0m word', 'a red word'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001b]52;c;never ends', ''],
    ['\u001b]52;c;never ends\nnext', '\nnext'],
    ['\u001bPdevice\u001b\\after', 'after'],
    ['\u009b31mred', 'red'],
    ['\u001b(Bafter', 'after'],
    ['\u001b', ''],
    ['a\0b', 'a\u{fffd}b'],
    ['a\u202eb', 'a\u{fffd}b'],
    ['\ud83d', '\u{fffd}'],
    ['😀 stays, 👩‍🔬 too', '😀 stays, 👩‍🔬 too'],
    ['a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['tab\tstays', 'tab\tstays'],
  ])('%j becomes %j', (text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  test('never holds what a terminal acts on, whatever it was made of', () => {
    const piece = fc.constantFrom(
      '\u001b',
      '[',
      ']',
      'P',
      '0;',
      'm',
      '\u0007',
      '\\',
      '\u009c',
      '\u009b',
      '\n',
      'a',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' }))), (pieces) => {
        expect(cleanText(pieces.join(''))).not.toMatch(ACTED_ON);
      }),
    );
  });

  test('takes time in proportion to its length', () => {
    const started = performance.now();
    for (const unit of ['\u001b', '\u001b[', '\u001b]', '\u001b[0;', '\u009d', ' ', '\t\n', '\r', '|', '_']) {
      const long = unit.repeat(200_000);
      cleanLine(long);
      terminalLine(long);
      markdownText(long);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('one line is one line', () => {
    expect(cleanLine(' a\n\n\tb\r\nc ')).toBe('a b c');
  });
});

describe('clipping', () => {
  test.each([
    ['abc', 3, 'abc', 'abc'],
    ['abcd', 3, 'ab…', '…cd'],
    ['a😀b', 3, 'a…', '…b'],
    ['', 0, '', ''],
  ])('%j to %i characters', (text, max, start, end) => {
    expect(clip(text, max)).toBe(start);
    expect(clipStart(text, max)).toBe(end);
  });

  test('lengths are those of UTF-8', () => {
    expect(utf8Length('a–😀')).toBe(8);
  });
});

describe('Markdown and HTML', () => {
  test.each(HOSTILE_TEXTS)('hostile text %# is text in a table cell and in a paragraph', (text) => {
    const table = new RenderedMarkdown(`| x |\n|---|\n| ${markdownCode(text)} |\n`);
    expect(table.elementNames().filter((name) => name !== 'code')).toEqual(TABLE_ELEMENTS);
    expect(table.rows()).toHaveLength(2);
    expect(table.rows()[1]).toEqual([clip(cleanLine(text), 300) || '–']);

    const paragraph = new RenderedMarkdown(`Says ${markdownText(text)}\n`);
    expect(paragraph.elementNames()).toEqual(['p']);
    expect(paragraph.texts('p').join('')).toBe(`Says ${clip(cleanLine(text), 300)}`.trim());
  });

  test.each(HOSTILE_TEXTS)('hostile text %# is text in a preformatted block with empty lines', (text) => {
    const block = new RenderedMarkdown(`${preformatted(['first', '', text, '', 'last'])}\n\nafter\n`);
    expect(block.elementNames()).toEqual(['p', 'pre']);
    expect(block.texts('pre')).toEqual([`first\n\n${cleanText(text).replaceAll('\n', ' ')}\n\nlast`]);
  });

  test('any text stays text in a cell', () => {
    const markup = fc.constantFrom(
      '<',
      '>',
      '&',
      '|',
      '`',
      '*',
      '_',
      '[',
      ']',
      '(',
      ')',
      '\\',
      '\n',
      '!',
      '~',
      '#',
      ' ',
      'a',
    );
    fc.assert(
      fc.property(fc.array(markup, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        const table = new RenderedMarkdown(`| x |\n|---|\n| ${markdownCode(text)} |\n`);
        expect(table.rows()).toEqual([['x'], [cleanLine(text) || '–']]);
      }),
    );
  });

  test('an attribute cannot be left', () => {
    expect(htmlText(`" onload='x' <>&`)).toBe('&#34; onload=&#39;x&#39; &lt;&gt;&amp;');
  });
});

test.each(HOSTILE_TEXTS)('hostile text %# is a label of a diagram', (text) => {
  expect(mermaidLabel(text)).toMatch(/^[^:;#,%\n"'`<>&()[\]{}|\\]+$/);
  expect(mermaidLabel(text).length).toBeLessThanOrEqual(60);
});

describe('lines for a terminal', () => {
  test.each([
    ['plain', 'plain'],
    ['\u001b[31mred\u001b[0m and \u001b[1mbold', '\u001b[31mred\u001b[0m and \u001b[1mbold\u001b[0m'],
    ['\u001b[2Jcleared\u001b]0;title\u0007', 'cleared'],
    ['10 %\r20 %\r30 %\r', '30 %'],
    ['a\rb', 'b'],
    ['\r\r', ''],
    ['  indented\t', '  indented\t'],
    ['a\nb', 'a b'],
  ])('%j becomes %j', (line, expected) => {
    expect(terminalLine(line)).toBe(expected);
  });

  test.each(HOSTILE_TEXTS)('hostile text %# does nothing but colour', (text) => {
    expect(terminalLine(text).replaceAll(/\u001b\[[0-9;:]*m/g, '')).not.toMatch(ACTED_ON);
  });
});

test.each([
  ['plain-1.0', 'plain-1.0'],
  ['.#a', `'.#a'`],
  [`it's`, String.raw`'it'\''s'`],
  ['', `''`],
  ['$(id)', `'$(id)'`],
])('%j as a word of a shell', (text, expected) => {
  expect(shellWord(text)).toBe(expected);
});
