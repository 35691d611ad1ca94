import { expect, test } from 'vitest';
import type { EvaluationFailure, EvaluationProgress, ResolvedFlake } from '../../../src/flake/job.ts';
import { createEvaluationLog } from '../../../src/report/log/evaluation.ts';

const FLAKE: ResolvedFlake = {
  reference: '.',
  lockedUrl: 'git+file:///r?rev=1',
  sourcePath: '/nix/store/x',
  localPath: '/r',
  directory: '',
  nixVersion: 'nix (Nix) 2.26.3',
};
const PROGRESS: EvaluationProgress = {
  total: 1000,
  evaluated: 320,
  failed: 3,
  selected: 300,
  pruned: 0,
  elapsedSeconds: 10,
};
const FAILURE: EvaluationFailure = {
  kind: 'evaluation-failed',
  topAttr: 'checks',
  system: 's',
  attr: 'a.b',
  path: ['checks', 's', 'a.b'],
  reason: 'error',
  message: 'boo\n\u001B[31m::error::x',
  position: undefined,
  evaluation: { seconds: 1, memoryBytes: undefined },
  warnings: [],
};

test('tells what is evaluated, how far it is at most every ten seconds, and how it ended', () => {
  let now = 0;
  const lineOf = createEvaluationLog(() => now);
  expect(lineOf({ kind: 'resolved', flake: FLAKE, reusedFromMs: undefined })).toBe(
    'evaluating git+file:///r?rev=1 with Nix 2.26.3',
  );
  expect(lineOf({ kind: 'progress', progress: PROGRESS })).toBeUndefined();
  now = 10_000;
  expect(lineOf({ kind: 'progress', progress: PROGRESS })).toBe(
    'evaluating: 320 of 1000 attributes, 3 failed, 32 a second',
  );
  now = 19_999;
  expect(lineOf({ kind: 'progress', progress: PROGRESS })).toBeUndefined();
  expect(lineOf({ kind: 'finished', progress: PROGRESS })).toBe('evaluated 320 attributes in 0:10, 3 failed');
});

test('tells that an earlier evaluation is used again', () => {
  const lineOf = createEvaluationLog(() => 0);
  lineOf({ kind: 'resolved', flake: FLAKE, reusedFromMs: Date.UTC(2026, 10, 22, 4, 0, 30) });
  expect(lineOf({ kind: 'finished', progress: { ...PROGRESS, failed: 0 } })).toBe(
    'flake not changed since 2026-11-22 04:00 UTC: using the 300 jobs of that evaluation again',
  );
});

test('tells a failure in one line', () => {
  const lineOf = createEvaluationLog(() => 0);
  expect(lineOf({ kind: 'failure', failure: FAILURE })).toBe(
    'checks.s."a.b" does not evaluate: boo ::error::x',
  );
});
