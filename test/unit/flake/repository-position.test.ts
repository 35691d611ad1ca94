import { expect, test } from 'vitest';
import type { EvaluationFailure } from '../../../src/flake/job.ts';
import { placeInRepository } from '../../../src/flake/repository-position.ts';

const FAILURE: EvaluationFailure = {
  kind: 'evaluation-failed',
  topAttr: 'checks',
  system: 'x86_64-linux',
  attr: 'a',
  path: ['checks', 'x86_64-linux', 'a'],
  reason: 'error',
  message: 'boo',
  position: undefined,
  evaluation: { seconds: 1, memoryBytes: undefined },
  warnings: [],
};

test.each([
  ['flake.nix', '/work/repo', '/work/repo', 'flake.nix'],
  ['sub/flake.nix', '/work/repo/', '/work/repo/', 'sub/flake.nix'],
  ['flake.nix', '/work/repo/sub', '/work/repo', 'sub/flake.nix'],
  ['/work/repo/x.nix', '/work/repo', '/work/repo', 'x.nix'],
  ['flake.nix', '/work/repository', '/work/repo', undefined],
  ['flake.nix', undefined, '/work/repo', undefined],
  ['/nix/store/x-source/lib.nix', '/work/repo', '/work/repo', undefined],
  ['«github:NixOS/nixpkgs/1»/lib.nix', '/work/repo', '/work/repo', undefined],
])('%s of a flake in %s is %4$s in %s', (file, localPath, workspace, expected) => {
  const position = { file, line: 3, column: 4 };
  const placed = placeInRepository({ ...FAILURE, position }, localPath, workspace);
  expect(placed.position).toEqual(expected === undefined ? undefined : { ...position, file: expected });
  expect(placed.message).toBe(expected === undefined ? `boo\nat ${file}:3:4` : 'boo');
});

test('no position stays none', () => {
  expect(placeInRepository(FAILURE, '/r', '/r')).toEqual(FAILURE);
});
