import { describe, expect, test } from 'vitest';
import {
  allAnnotationsOf,
  ANNOTATION_CHARACTERS,
  ANNOTATIONS_PER_LEVEL,
  annotationsOf,
} from '../../../src/report/annotations.ts';
import type { Outcome } from '../../../src/report/run-report.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';
import { LARGE, largeReport } from '../../support/report/large-report.ts';
import {
  sampleBuild,
  sampleBuilder,
  sampleDrvPath,
  sampleJob,
  sampleReport,
} from '../../support/report/sample-report.ts';

const FAILED: Outcome = { kind: 'failed', builder: 'b2', message: 'builder failed with exit code 1' };

test('one failed job gives one error titled by its attribute path', () => {
  const report = sampleReport({
    jobs: [sampleJob('good'), sampleJob('bad', { outcome: FAILED })],
    builds: [sampleBuild('good'), sampleBuild('bad', { outcome: FAILED, logTail: ['first', 'last'] })],
  });
  expect(annotationsOf(report)).toEqual([
    {
      level: 'error',
      title: 'checks.x86_64-linux.bad',
      message: 'bad-1.0 failed on b2\nbuilder failed with exit code 1\nfirst\nlast',
    },
  ]);
});

test('jobs blocked by one dependency share its annotation', () => {
  const outcome: Outcome = { kind: 'dependency-failed', root: sampleDrvPath('libfoo') };
  const builds = [sampleBuild('libfoo', { outcome: FAILED })];
  const two = sampleReport({ jobs: [sampleJob('a', { outcome }), sampleJob('b', { outcome })], builds });
  expect(annotationsOf(two).map(({ title, message }) => [title, message.split('\n')[0]])).toEqual([
    ['libfoo-1.0', 'libfoo-1.0 failed on b2, blocks 2 jobs'],
  ]);
  const one = sampleReport({ jobs: [sampleJob('a', { outcome })], builds });
  expect(annotationsOf(one)[0]?.title).toBe('checks.x86_64-linux.a');
});

test('an evaluation failure points at its place', () => {
  const position = { file: 'flake.nix', line: 3, column: 5 };
  const outcome: Outcome = { kind: 'evaluation-failed', message: 'error: x', position };
  expect(annotationsOf(sampleReport({ jobs: [sampleJob('bad', { outcome })] }))).toEqual([
    { level: 'error', title: 'checks.x86_64-linux.bad', message: 'error: x', ...position },
  ]);
});

test('warnings of an evaluation appear once, trouble of builders by builder', () => {
  const report = sampleReport({
    jobs: [sampleJob('a', { warnings: ['old'] }), sampleJob('b', { warnings: ['old'] })],
    builders: [sampleBuilder('b1', { trouble: ['connection lost'] })],
    notices: [{ level: 'notice', title: 'n', message: 'm' }],
  });
  expect(annotationsOf(report).map(({ level, title, message }) => [level, title, message])).toEqual([
    ['warning', 'builder b1', 'connection lost'],
    ['warning', 'checks.x86_64-linux.a and 1 more', 'old'],
    ['notice', 'n', 'm'],
  ]);
});

test.each([
  ['notice', false],
  ['error', true],
] as const)('a selection of nothing is a %s when fail_on_empty is %s', (level, failOnEmpty) => {
  const selection = { topAttrs: ['checks', 'packages'], filter: '.name == "x"', failOnEmpty };
  expect(annotationsOf(sampleReport({ selection }))).toEqual([
    {
      level,
      title: 'Nothing was selected',
      message: 'Nothing in checks or packages matches filter_builds, which is: .name == "x"',
    },
  ]);
});

test('a selection of nothing names the systems that it was limited to, and a long filter shortly', () => {
  const filter = `.attr == "${'x'.repeat(5000)}"`;
  const selection = {
    topAttrs: ['checks'],
    systems: ['x86-linux', 'i686-linux'],
    filter,
    failOnEmpty: false,
  };
  const [notice] = annotationsOf(sampleReport({ selection }));
  expect(notice?.message).toMatch(
    /^Nothing in checks of eval_systems \(x86-linux, i686-linux\) matches filter_builds, which is: \.attr == "x+…$/,
  );
  expect(notice?.message.length).toBeLessThan(600);
});

describe('limits with 5,000 hostile jobs', () => {
  const report = largeReport({ ...LARGE, failedEvery: 2, evaluationFailedEvery: 3, texts: HOSTILE_TEXTS });

  test('ten a level, the last of which counts the rest', () => {
    const all = allAnnotationsOf(report);
    const kept = annotationsOf(report);
    for (const level of ['error', 'warning'] as const) {
      const ofLevel = kept.filter((annotation) => annotation.level === level);
      const hidden =
        all.filter((annotation) => annotation.level === level).length - ANNOTATIONS_PER_LEVEL + 1;
      expect(ofLevel).toHaveLength(ANNOTATIONS_PER_LEVEL);
      expect(ofLevel.at(-1)?.title).toBe(`${hidden} more ${level}s`);
    }
  });

  test('no message is longer than GitHub takes, no title has a line break', () => {
    for (const { title, message } of allAnnotationsOf(report)) {
      expect(message.length).toBeLessThanOrEqual(ANNOTATION_CHARACTERS);
      expect(title).toMatch(/^[^\n\r\u001b]{0,250}$/);
    }
  });
});
