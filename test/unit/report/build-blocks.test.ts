import { describe, expect, test } from 'vitest';
import { createBuildBlocks } from '../../../src/report/log/build-blocks.ts';

const good = { isFailure: false, logFile: 'x.log' };
const bad = { isFailure: true, logFile: 'x.log' };

/** Blocks with two builds that run. */
function twoBuilds(folds: boolean) {
  const blocks = createBuildBlocks(folds);
  expect(blocks.started('1', 'one', 'b1')).toEqual(['one: building on b1']);
  expect(blocks.started('2', 'two', 'b2')).toEqual(['two: building on b2']);
  return blocks;
}

describe('on GitHub', () => {
  test('lines are shown as they come; what stands among others is shown in one piece at the end, folded', () => {
    const blocks = twoBuilds(true);
    expect(blocks.said('1', 'a')).toEqual(['one> a']);
    expect(blocks.said('2', 'b')).toEqual(['two> b']);
    expect(blocks.said('1', 'c')).toEqual(['one> c']);
    expect(blocks.ended('2', good)).toEqual([]);
    expect(blocks.ended('1', good)).toEqual(['##[group]one: 2 lines', '  > a', '  > c', '##[endgroup]']);
  });

  test('a block of another build is something in between, too', () => {
    const blocks = twoBuilds(true);
    for (const key of ['1', '2', '1', '2']) blocks.said(key, 'x');
    expect(blocks.ended('1', good)).toHaveLength(4);
    blocks.started('3', 'three', 'b1');
    blocks.said('3', 'x');
    expect(blocks.ended('2', good)).toHaveLength(4);
    blocks.said('3', 'y');
    expect(blocks.ended('3', good)).toHaveLength(4);
  });

  test('the end of a failed build is open, what comes before it folded', () => {
    const blocks = twoBuilds(true);
    blocks.said('1', 'line 1');
    blocks.said('2', 'x');
    for (let line = 2; line <= 203; line += 1) blocks.said('1', `line ${line}`);
    const shown = blocks.ended('1', bad);
    expect(shown.slice(0, 6)).toEqual([
      '##[group]one: 3 lines before the last ones',
      '  > line 1',
      '  > line 2',
      '  > line 3',
      '##[endgroup]',
      '  > line 4',
    ]);
    expect(shown).toHaveLength(5 + 200);
  });

  test('of a failed build nothing is repeated that stands just above', () => {
    const blocks = twoBuilds(true);
    blocks.said('1', 'a');
    expect(blocks.ended('1', bad)).toEqual([]);
    blocks.said('2', 'a');
    blocks.started('3', 'three', 'b1');
    blocks.said('3', 'a');
    expect(blocks.ended('2', bad)).toEqual(['  > a']);
  });

  test('of endless output the end is kept, and the log says where the rest is', () => {
    const blocks = twoBuilds(true);
    blocks.said('1', 'line 0');
    blocks.said('2', 'x');
    for (let line = 1; line < 50_000; line += 1) blocks.said('1', `line ${line}`);
    const [title, note, ...lines] = blocks.ended('1', good);
    expect(lines.slice(-2)).toEqual(['  > line 49999', '##[endgroup]']);
    const count = lines.length - 1;
    expect(lines.join('').length).toBeLessThan(129 * 1024);
    expect(title).toBe(`##[group]one: ${count} lines`);
    expect(note).toBe(`  (${50_000 - count} lines before these: they are in x.log of the logs artifact)`);
  });

  test('what a build says cannot end its block, nor begin another', () => {
    const blocks = twoBuilds(true);
    blocks.said('1', '##[endgroup]');
    blocks.said('2', '##[group]');
    blocks.said('1', '##[error]a\n##[group]\u001b[2Jb');
    const lines = blocks.ended('1', good);
    expect(lines).toEqual([
      '##[group]one: 2 lines',
      '  > ##[endgroup]',
      '  > ##[error]a ##[group]b',
      '##[endgroup]',
    ]);
  });
});

test('where nothing can be folded, only failed builds are shown again', () => {
  const blocks = twoBuilds(false);
  for (const key of ['1', '2', '1', '2']) blocks.said(key, 'x');
  expect(blocks.ended('1', good)).toEqual([]);
  expect(blocks.ended('2', bad)).toEqual(['  > x', '  > x']);
});
