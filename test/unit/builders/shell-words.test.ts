import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellCommand } from '../../../src/builders/shell-words.ts';

describe('shellCommand', () => {
  it('leaves plain words alone', () => {
    expect(shellCommand(['nix-daemon', '--stdio', '--store', '/a=b'])).toBe(
      'nix-daemon --stdio --store /a=b',
    );
  });

  it('gives a shell back the very words', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const output = execFileSync('sh', ['-c', shellCommand(['printf', '%s\\0', ...words])]);
        expect(output.toString().split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 40 },
    );
  });
});
