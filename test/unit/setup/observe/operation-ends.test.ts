import { describe, expect, it } from 'vitest';
import type { BuildResult } from '../../../../src/nix/protocol/build-result.ts';
import { parseStorePath } from '../../../../src/nix/store-path.ts';
import { endOfDerivation, endOfNested } from '../../../../src/setup/observe/operation-ends.ts';
import { resultWith } from '../../../support/daemon/build-result.ts';

const top = parseStorePath('/nix/store/00000000000000000000000000000000-top.drv');
const below = parseStorePath('/nix/store/00000000000000000000000000000001-below.drv');

const result = (status: BuildResult['status'], errorMessage = ''): BuildResult =>
  resultWith({ status, errorMessage });

function results(status: BuildResult['status'], errorMessage = '') {
  const path = { kind: 'built', drvPath: top, outputs: 'all' } as const;
  return { kind: 'results', results: [{ path, result: result(status, errorMessage) }] } as const;
}

const refused = (message: string) => ({ kind: 'refused', error: { level: 0, message, traces: [] } }) as const;

describe('the end of a derivation that was asked for alone', () => {
  it.each([
    ['it was built', { kind: 'result', result: result('built') }, true, { kind: 'built' }],
    ['it was there', { kind: 'result', result: result('already-valid') }, false, { kind: 'already-valid' }],
    [
      'it failed',
      { kind: 'result', result: result('permanent-failure', 'exit code 3') },
      true,
      { kind: 'failed', message: 'exit code 3' },
    ],
    [
      'the daemon refused it',
      refused('not privileged'),
      false,
      { kind: 'infrastructure', message: 'not privileged', isRefusal: true },
    ],
    ['the client hung up', { kind: 'hung-up', by: 'client' }, true, { kind: 'cancelled' }],
    [
      'the builder was lost',
      { kind: 'hung-up', by: 'daemon' },
      true,
      { kind: 'infrastructure', message: 'the connection was lost while it was being built' },
    ],
  ] as const)('%s', (_, end, hasStarted, expected) => {
    expect(endOfDerivation(end, hasStarted)).toEqual(expected);
  });
});

describe('the end of a build among others', () => {
  it.each([
    ['what was asked for has a result of its own', top, results('built'), false, 'built'],
    ['all went well', below, results('built'), false, 'built'],
    [
      'an error names it',
      below,
      results('dependency-failed', `builder for '${below}' failed`),
      true,
      'failed',
    ],
    [
      'an error names another, and it had ended',
      below,
      results('permanent-failure', `builder for '${top}' failed`),
      true,
      'built',
    ],
    [
      'an error names another, and it was running',
      below,
      refused(`builder for '${top}' failed`),
      false,
      'cancelled',
    ],
    ['no results are given', below, { kind: 'done' }, false, 'built'],
    ['the client hung up', below, { kind: 'hung-up', by: 'client' }, true, 'cancelled'],
  ] as const)('%s', (_, drvPath, end, hasStopped, expected) => {
    expect(endOfNested(drvPath, end, hasStopped).kind).toBe(expected);
  });
});
