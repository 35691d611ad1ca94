import { describe, expect, test } from 'vitest';
import { DispatchError } from '../../../src/errors.ts';
import { withCommandsStopped } from '../../../src/report/log/commands.ts';
import { finishedLine, heartbeatLine, prefixedLine, startedLine } from '../../../src/report/log/lines.ts';
import { renderTextSummary } from '../../../src/report/text-summary.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';
import { LARGE, largeReport } from '../../support/report/large-report.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

const TOKEN = 'a'.repeat(32);

describe('lines of the live log', () => {
  test('carry the name of their build', () => {
    expect(prefixedLine('hello-2.12', 'checking for gcc')).toBe('hello-2.12> checking for gcc');
    expect(prefixedLine('hello', '\u001b[31mred')).toBe('hello> \u001b[31mred\u001b[0m');
    expect(prefixedLine('hello', '::error::x')).toBe('hello> ::error::x');
  });

  test.each(HOSTILE_TEXTS)('hostile text %# is one line', (text) => {
    for (const line of [prefixedLine(text, text), startedLine(text, text)]) {
      expect(line).not.toMatch(/[\n\r]/);
      expect(line.length).toBeLessThan(10_000);
    }
  });

  test('tell how a build ended', () => {
    const cpu = { seconds: 130, source: 'cgroup' } as const;
    expect(finishedLine('hello', { kind: 'built', builder: 'b1' }, 65, cpu)).toBe(
      '✅ hello: built on b1 in 1:05, CPU 2:10 (cgroup)',
    );
    expect(finishedLine('x', { kind: 'failed', builder: 'b2', message: 'exit\n1' }, 1, undefined)).toBe(
      '❌ x: failed on b2 in 1.0 s: exit 1',
    );
    expect(finishedLine('x', { kind: 'cancelled' }, undefined, undefined)).toBe('⚪ x: cancelled');
  });
});

describe('commands', () => {
  test('are stopped around untrusted lines', () => {
    expect(withCommandsStopped(TOKEN, ['::error::x'])).toEqual([
      `::stop-commands::${TOKEN}`,
      '::error::x',
      `::${TOKEN}::`,
    ]);
  });

  test.each(['', 'short', 'with space in the token', `line\n${TOKEN}`])('refuse token %j', (token) => {
    expect(() => withCommandsStopped(token, [])).toThrow(DispatchError);
  });
});

describe('the heartbeat', () => {
  const running = Array.from({ length: 6 }, (_, index) => ({
    name: `p${index}`,
    builder: 'b1',
    runningSeconds: index * 50,
  }));
  const progress = { total: 40, done: 12, failed: 0, running: [], next: [], isTotalFinal: true };

  test('names the longest builds first, and what is next', () => {
    expect(heartbeatLine({ ...progress, failed: 1, running, next: ['llvm', 'gcc', 'go', 'rust'] })).toBe(
      '12 of 40 done, 1 failed; 6 running: p5 on b1 (4:10), p4 on b1 (3:20), p3 on b1 (2:30), p2 on b1 (1:40), 2 more; ' +
        'next: llvm, gcc, go, 1 more',
    );
  });

  test('says when nothing runs, and that the total may grow', () => {
    expect(heartbeatLine({ ...progress, isTotalFinal: false })).toBe('12 of 40+ done; nothing running');
    expect(heartbeatLine({ ...progress, done: 40 })).toBe('40 of 40 done');
  });
});

describe('the summary as text', () => {
  test('has failures, jobs, builders and notices', () => {
    const root = sampleDrvPath('libfoo');
    const text = renderTextSummary(
      sampleReport({
        jobs: [sampleJob('good'), sampleJob('a', { outcome: { kind: 'dependency-failed', root } })],
        builds: [
          sampleBuild('good'),
          sampleBuild('libfoo', {
            outcome: { kind: 'failed', builder: 'b2', message: 'exit 2' },
            logTail: ['boom'],
          }),
        ],
        notices: [{ level: 'warning', title: 'careful', message: 'now' }],
      }),
    );
    expect(text.split('\n')).toEqual([
      '❌ 1 blocked of 2 jobs',
      '  1 built, 0 already there, 2:00 in all, 2 derivations ran for 0:20, CPU 0:16, 5.0 KiB copied, 12 attributes evaluated in 3.2 s',
      '',
      '❌ libfoo-1.0 failed on b2: blocks 1 job',
      '    exit 2',
      '    > boom',
      `    reproduce: nix build '.#checks.x86_64-linux.a' -L`,
      '',
      '  job                  result             builder  time  CPU time',
      '  a [x86_64-linux]     dependency failed  –        –     –',
      '  good [x86_64-linux]  built              b1       0:10  8.0 s (proc)',
      '',
      '  builder  Nix     slots  builds  busy        CPU time  trouble',
      '  b1       2.34.8  2      2       0:20 (8 %)  0:16      –',
      '',
      'warning: careful: now',
      '',
    ]);
  });

  test('holds no control characters, whatever the names are', () => {
    const text = renderTextSummary(largeReport({ ...LARGE, jobs: 300, texts: HOSTILE_TEXTS }));
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]|\p{Surrogate}/u);
  });
});
