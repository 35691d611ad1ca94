import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Attempt } from '../../../src/dispatch/ledger/attempt.ts';
import { createLiveLog } from '../../../src/github/live-log.ts';
import { parseStorePath } from '../../../src/nix/store-path.ts';

const token = 'a-token-that-nobody-knows';
const drvPath = parseStorePath('/nix/store/0mihpyl0rdimdnia0n3gzkrj1mdkhq03-hello.drv');
const build = { drvPath, name: 'hello', builder: 'b1' };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function startLog() {
  const lines: string[] = [];
  const next = ['llvm', 'gcc'];
  const log = createLiveLog({
    print: (line) => lines.push(line),
    token,
    folds: true,
    progress: () => ({ total: 9, done: 1, failed: 0, next, isTotalFinal: true }),
  });
  return { lines, log };
}

test('what builds say is shown between the lines that stop and resume commands, and never after', () => {
  const { lines, log } = startLog();
  log.logLine(build, '##[error]early');
  log.open();
  log.buildStarted(build);
  log.logLine(build, '##[error]shown');
  log.close();
  log.logLine(build, '##[error]late');
  log.say('::error::late');
  log.builderTrouble('b1', '##[error]late');
  expect(lines).toEqual([
    `::stop-commands::${token}`,
    'hello: building on b1',
    'hello> ##[error]shown',
    `::${token}::`,
  ]);
});

test('a silent log says what runs where, since when, and what is next', () => {
  const { lines, log } = startLog();
  log.open();
  vi.advanceTimersByTime(20_000);
  log.buildStarted(build);
  vi.advanceTimersByTime(25_000);
  expect(lines).toHaveLength(2);
  vi.advanceTimersByTime(10_000);
  expect(lines.slice(2)).toEqual(['1 of 9 done; 1 running: hello on b1 (0:30); next: llvm, gcc']);
  log.close();
});

test('among builds that keep talking it says so every other minute', () => {
  const { lines, log } = startLog();
  log.open();
  log.buildStarted(build);
  log.buildStarted({ ...build, builder: 'b2' });
  for (let second = 0; second < 300; second += 1) {
    vi.advanceTimersByTime(1000);
    log.logLine(build, 'x');
  }
  expect(lines.filter((line) => line.includes('2 running'))).toHaveLength(2);
  log.close();
});

const attempt: Attempt = {
  builder: 'b1',
  slot: 0,
  startedAtMs: 1000,
  finishedAtMs: 3500,
  end: { kind: 'built' },
  outputs: new Map(),
  outputBytes: undefined,
  cpu: undefined,
  peakMemoryBytes: undefined,
  log: { tail: [], lines: 0, file: undefined },
};
const measured: Attempt = { ...attempt, cpu: { seconds: 2, source: 'proc' } };
const dependant = { ...build, name: 'dependant' };

test('what builds on a build is told of after its end, whose CPU time comes a moment later', () => {
  const { lines, log } = startLog();
  log.open();
  log.buildStarted(build);
  log.buildEnded(build, attempt);
  log.buildStarted(dependant);
  log.logLine(dependant, 'x');
  expect(lines.slice(2)).toEqual([]);
  log.buildFinished(build, measured);
  expect(lines.slice(2)).toEqual([
    '✅ hello: built on b1 in 2.5 s, CPU 2.0 s (proc)',
    'dependant: building on b1',
    'dependant> x',
  ]);
  log.close();
});

test('nothing waits long for a CPU time, and an end without one is told when the log is closed', () => {
  const { lines, log } = startLog();
  log.open();
  log.buildStarted(build);
  log.buildEnded(build, attempt);
  log.buildStarted(dependant);
  vi.advanceTimersByTime(5000);
  expect(lines.slice(2)).toEqual(['dependant: building on b1']);
  log.buildFinished(build, measured);
  expect(lines.slice(3)).toEqual(['✅ hello: built on b1 in 2.5 s, CPU 2.0 s (proc)']);
  log.buildEnded(dependant, attempt);
  log.close();
  log.buildFinished(dependant, measured);
  expect(lines.slice(4)).toEqual(['✅ dependant: built on b1 in 2.5 s', `::${token}::`]);
});

test('why nobody builds something names it once', () => {
  const { lines, log } = startLog();
  log.open();
  log.gaveUp('hello', 'hello needs a builder for riscv64-linux');
  log.gaveUp('hello', 'its file cannot be read');
  expect(lines.slice(1)).toEqual([
    'hello needs a builder for riscv64-linux',
    'hello: its file cannot be read',
  ]);
  log.close();
});
