import { expect, it } from 'vitest';
import { endOfError, endOfResult } from '../../../../src/dispatch/ledger/attempt-end.ts';
import { isGoodEnd, outcomeOfAttempt, scheduleResultOf } from '../../../../src/dispatch/ledger/outcome.ts';
import { DispatchError } from '../../../../src/errors.ts';
import type { BuildStatus } from '../../../../src/nix/protocol/build-status.ts';
import { buildResult } from '../../../support/dispatch/machine.ts';

// The daemon's word, how the attempt ended, what the scheduler makes of it.
const table: readonly (readonly [BuildStatus, string, string])[] = [
  ['built', 'built', 'built'],
  ['substituted', 'substituted', 'built'],
  ['already-valid', 'already-valid', 'built'],
  ['resolves-to-already-valid', 'already-valid', 'built'],
  ['permanent-failure', 'failed', 'failed'],
  ['input-rejected', 'failed', 'failed'],
  ['output-rejected', 'failed', 'failed'],
  ['cached-failure', 'failed', 'failed'],
  ['misc-failure', 'failed', 'failed'],
  ['not-deterministic', 'failed', 'failed'],
  ['hash-mismatch', 'failed', 'failed'],
  ['unknown', 'failed', 'failed'],
  ['dependency-failed', 'dependency-failed', 'failed'],
  ['timed-out', 'timed-out', 'failed'],
  ['log-limit-exceeded', 'log-limit', 'failed'],
  ['transient-failure', 'failed', 'failed'],
  ['no-substituters', 'infrastructure', 'infrastructure'],
];

it.each(table)('%s of a build that ran is %s, to the scheduler %s', (status, kind, forSchedule) => {
  const end = endOfResult(buildResult(status, ' why \n'), true);
  expect(end.kind).toBe(kind);
  if ('message' in end) expect(end.message).toBe('why');
  expect(scheduleResultOf(end, 5).kind).toBe(forSchedule);
  expect(isGoodEnd(end)).toBe(forSchedule === 'built');
});

it.each([
  ['failed', undefined],
  ['timed-out', true],
  ['log-limit', true],
] as const)('%s: whether another try would fail the same way is %s', (kind, isFinal) => {
  const result = scheduleResultOf({ kind, message: '' }, 5);
  expect(result.kind === 'failed' && result.isFinal).toBe(isFinal);
});

it.each([
  'transient-failure',
  'permanent-failure',
  'input-rejected',
  'misc-failure',
  'dependency-failed',
] as const)('%s before anything ran is the machine’s fault', (status) => {
  const end = endOfResult(buildResult(status, 'no build users'), false);
  expect(end).toEqual({
    kind: 'infrastructure',
    message: 'it was refused: no build users',
    isRefusal: true,
  });
});

it('blames the machine for an answer that is left out, and for every error', () => {
  expect(endOfResult(undefined, true).kind).toBe('infrastructure');
  const error = new DispatchError('connection-lost', 'it went away.', { hint: 'Look after it.' });
  expect(endOfError(error)).toEqual({ kind: 'infrastructure', message: 'it went away. Look after it.' });
});

it('says something for a failure without words', () => {
  expect(endOfResult(buildResult('not-deterministic'), true)).toEqual({
    kind: 'failed',
    message: 'the daemon says "not-deterministic"',
  });
});

it('calls a closure failed until it is known what failed in it', () => {
  const end = endOfResult(buildResult('dependency-failed', 'one failed'), true);
  const attempt = { builder: 'a', end } as Parameters<typeof outcomeOfAttempt>[0];
  expect(outcomeOfAttempt(attempt)).toEqual({ kind: 'failed', builder: 'a', message: 'one failed' });
});
