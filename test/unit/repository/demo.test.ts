import { describe, expect, it } from 'vitest';
import { parseOutputs } from '../../../scripts/demo/outputs.ts';
import { showLine, type CommandState } from '../../../scripts/demo/workflow-commands.ts';

it('reads step outputs of one and of several lines', () => {
  const text = 'success<<D1\nfalse\nD1\nresults<<D2\n{\n"a<<b": 1\n}\nD2\nempty<<D3\n\nD3\n';
  expect([...parseOutputs(text)]).toEqual([
    ['success', 'false'],
    ['results', '{\n"a<<b": 1\n}'],
    ['empty', ''],
  ]);
});

describe('showLine', () => {
  function shown(lines: readonly string[]): readonly string[] {
    const state: CommandState = { stopToken: undefined };
    return lines.map((line) => showLine(state, line)).filter((line) => line !== undefined);
  }

  it('shows annotations as text and hides other commands', () => {
    const lines = [
      'plain',
      '::add-mask::secret',
      '::error title=checks.a%3A1,line=3::50%25%0Afailed',
      '::group::x',
      'a> ##[warning]older form',
    ];
    expect(shown(lines)).toEqual(['plain', 'error: checks.a:1: 50%\nfailed', 'warning: older form']);
  });

  it('shows everything while commands are stopped', () => {
    const lines = [
      '::stop-commands::token',
      'a> ::error::x',
      'a> ##[error]x',
      '::wrong::',
      '::error::x',
      '::token::',
      '::error::y',
    ];
    expect(shown(lines)).toEqual(['a> ::error::x', 'a> ##[error]x', '::wrong::', '::error::x', 'error: y']);
  });
});
