import { expect, test } from 'vitest';
import { repositoryPosition } from '../../../src/flake/repository-position.ts';

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
  expect(repositoryPosition(position, { localPath }, workspace)).toEqual(
    expected === undefined ? undefined : { ...position, file: expected },
  );
});

test('no position stays none', () => {
  expect(repositoryPosition(undefined, { localPath: '/r' }, '/r')).toBeUndefined();
});
