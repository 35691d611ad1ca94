import { expect, test } from 'vitest';
import { readBuildError } from '../../../../src/dispatch/ledger/build-error.ts';

const drv = '/nix/store/m8pzvivlx2cwqhyrrwhn033pbdn0dkj3-broken.drv';

test.each([
  [
    'Nix 2.8',
    `builder for '${drv}' failed with exit code 1;\nlast 1 log lines:\n> it broke\nFor full logs, run 'nix log ${drv}'.`,
  ],
  [
    'Nix 2.26',
    `builder for '\u001b[35;1m${drv}\u001b[0m' failed with exit code 1;\nlast 2 log lines:\n> it\n> broke\nFor full logs, run:\n  nix log ${drv}`,
  ],
  [
    'Nix 2.34',
    `Cannot build '\u001b[35;1m${drv}\u001b[0m'.\nReason: \u001b[31;1mbuilder failed with exit code 1\u001b[0m.\nOutput paths:\n  /nix/store/wsjlmb0kwv3a7qsh9b53zvmmcclzj5b4-broken\nLast 1 log lines:\n> it broke\nFor full logs, run:\n  nix log ${drv}`,
  ],
  ['a build without a log', `builder for '${drv}' failed with exit code 1`],
])('%s says that a builder failed', (_, text) => {
  expect(readBuildError(text)).toBe('builder failed with exit code 1');
});

test('what is not about the log stays', () => {
  const mismatch = `hash mismatch in fixed-output derivation '${drv}':\n  specified: sha256-A=\n     got:    sha256-B=`;
  expect(readBuildError(`${mismatch}\n`)).toBe(mismatch);
  const refused = `Cannot build '${drv}'.\nReason: required system or feature not available\nRequired system: 'riscv64-linux' with features {}`;
  expect(readBuildError(refused)).toBe(
    "required system or feature not available\nRequired system: 'riscv64-linux' with features {}",
  );
  expect(readBuildError(' why \n')).toBe('why');
  expect(readBuildError('Last 1 log lines:')).toBe('Last 1 log lines:');
  expect(readBuildError('')).toBe('');
});
