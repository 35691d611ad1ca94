import { expect, test } from 'vitest';
import { annotationLines, createTerminalPrinter } from '../../../src/github/terminal.ts';
import { withCommandsStopped } from '../../../src/report/log/commands.ts';

test('a terminal shows what stands between the lines that only a runner reads', () => {
  const shown: string[] = [];
  const print = createTerminalPrinter((line) => shown.push(line));
  for (const line of ['before', ...withCommandsStopped('a'.repeat(32), ['::error::x', '::other::']), 'after'])
    print(line);
  expect(shown).toEqual(['before', '::error::x', '::other::', 'after']);
});

test('annotations are sentences there', () => {
  const base = { level: 'error', title: 'checks.a', message: 'boom\n\u001b[2Jagain' } as const;
  expect(annotationLines(base)).toEqual(['error: checks.a: boom', '    again']);
  expect(annotationLines({ ...base, message: 'boom', file: 'flake.nix', line: 3 })).toEqual([
    'error: checks.a (flake.nix:3): boom',
  ]);
});
