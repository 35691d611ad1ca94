import { expect, test } from 'vitest';
import { createLiveLog } from '../../../src/github/live-log.ts';
import { parseStorePath } from '../../../src/nix/store-path.ts';

test('what builds say is shown between the lines that stop and resume commands, and never after', () => {
  const lines: string[] = [];
  const token = 'a-token-that-nobody-knows';
  const log = createLiveLog({
    print: (line) => lines.push(line),
    token,
    progress: () => ({ total: 0, done: 0, failed: 0, isTotalFinal: true }),
  });
  const drvPath = parseStorePath('/nix/store/0mihpyl0rdimdnia0n3gzkrj1mdkhq03-hello.drv');
  const build = { drvPath, name: 'hello', builder: 'b1' };
  log.logLine(build, '##[error]early');
  log.open();
  log.logLine(build, '##[error]shown');
  log.close();
  log.logLine(build, '##[error]late');
  log.say('::error::late');
  log.builderTrouble('b1', '##[error]late');
  expect(lines).toEqual([`::stop-commands::${token}`, 'hello> ##[error]shown', `::${token}::`]);
});
