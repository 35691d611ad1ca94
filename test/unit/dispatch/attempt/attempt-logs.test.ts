import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAttemptLogs } from '../../../../src/dispatch/attempt/attempt-logs.ts';
import type { BuildLog, LogFolder } from '../../../../src/dispatch/attempt/build-log.ts';
import { createLogFolder } from '../../../../src/dispatch/attempt/build-log.ts';
import { drv, storePath } from '../../../support/dispatch/derivations.ts';
import { noteTaker } from '../../../support/dispatch/session.ts';

const main = { drvPath: drv('main'), name: 'main', builder: 'a' };

/** A folder that keeps logs in memory. */
function memoryFolder(): LogFolder & { readonly written: Map<string, string[]> } {
  const written = new Map<string, string[]>();
  return {
    written,
    open(drvPath) {
      const lines: string[] = [];
      written.set(drvPath, lines);
      let bytes = 0;
      const log: BuildLog = {
        get bytes() {
          return bytes;
        },
        write(line) {
          lines.push(line);
          bytes += line.length + 1;
        },
        flush: () => void lines.push('(flushed)'),
        close: () => ({ tail: lines, lines: lines.length, file: undefined }),
      };
      return log;
    },
  };
}

it('sorts lines and phases to the builds that they are about', () => {
  const folder = memoryFolder();
  const { notes, observer } = noteTaker();
  const logs = createAttemptLogs(folder, observer, main);
  const { listener } = logs;
  listener.onBuildStarted?.(drv('below'), '');
  listener.onLogLine?.('one', drv('below'));
  listener.onLogLine?.('two', main.drvPath);
  listener.onLogLine?.('three', undefined);
  listener.onLogLine?.('four', drv('never-started'));
  listener.onPhase?.('buildPhase', drv('below'));
  expect(notes).toEqual([
    'started below on a',
    'below> one',
    'main> two',
    'main> three',
    'main> four',
    'below in buildPhase',
  ]);
  expect(logs.bytes()).toBe(4 + 4 + 6 + 5);
  const { log, nested } = logs.close();
  expect(log.tail).toEqual(['two', 'three', 'four']);
  expect(nested).toMatchObject([
    { build: { drvPath: drv('below'), name: 'below', builder: 'a' }, finishedAtMs: undefined },
  ]);
});

it('takes the main build under another name of the daemon’s for itself', () => {
  const folder = memoryFolder();
  const logs = createAttemptLogs(folder, noteTaker().observer, main);
  expect(logs.hasStarted()).toBe(false);
  logs.listener.onBuildStarted?.(`${drv('other').slice(0, 44)}main.drv`, '');
  expect(logs.hasStarted()).toBe(true);
  expect(logs.close().nested).toEqual([]);
});

it('notes when a build below has ended, and puts its log away', () => {
  const folder = memoryFolder();
  const logs = createAttemptLogs(folder, noteTaker().observer, main);
  logs.listener.onBuildStarted?.(drv('below'), '');
  logs.listener.onBuildStopped?.(drv('below'));
  logs.listener.onBuildStopped?.(drv('unknown'));
  logs.listener.onLogLine?.('a late line', drv('below'));
  expect(folder.written.get(drv('below'))).toEqual(['(flushed)', 'a late line']);
  expect(logs.close().nested[0]?.finishedAtMs).toBeTypeOf('number');
});

it.each(['', 'nonsense', '/etc/passwd', '/nix/store/../../etc/passwd', `${storePath('x')}/y`])(
  'makes nothing of a build called %j',
  (text) => {
    const logs = createAttemptLogs(memoryFolder(), noteTaker().observer, main);
    logs.listener.onBuildStarted?.(text, '');
    logs.listener.onLogLine?.('x', text);
    expect(logs.close()).toMatchObject({ log: { lines: 1 }, nested: [] });
  },
);

it('remembers a bounded number of builds, and counts log bytes without looking at each', () => {
  const folder = createLogFolder(join(tmpdir(), 'never-written'));
  const logs = createAttemptLogs(folder, noteTaker().observer, main);
  for (let index = 0; index < 20_000; index++) logs.listener.onBuildStarted?.(drv(`n${index}`), '');
  const began = performance.now();
  for (let line = 0; line < 50_000; line++) {
    logs.listener.onLogLine?.('', undefined);
    logs.bytes();
  }
  expect(performance.now() - began).toBeLessThan(3000);
  expect(logs.close().nested.length).toBeLessThanOrEqual(4000);
});
