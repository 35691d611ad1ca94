import { expect, test } from 'vitest';
import { readMetadata } from '../../../src/flake/flake-metadata.ts';

const STORE = '/nix/store/h0qb3wmwhkx4nsnnlp5janwnw1bz9ng8-source';
const REV = '40acd630df34c80138ab735da8cb2046ab5c574b';

/** As the versions print them, cut to what counts. */
const CASES: readonly [string, Record<string, unknown>, ReturnType<typeof expectation>][] = [
  [
    'a clean git tree',
    {
      locked: { type: 'git', url: 'file:///work/repo', rev: REV, narHash: 'sha256-x' },
      resolved: { type: 'git', url: 'file:///work/repo' },
      resolvedUrl: 'git+file:///work/repo',
      url: `git+file:///work/repo?ref=main&rev=${REV}`,
    },
    expectation(`git+file:///work/repo?ref=main&rev=${REV}`, true, '/work/repo', ''),
  ],
  [
    'a clean sub-directory with Nix 2.8',
    {
      locked: { dir: 'sub', type: 'git', url: 'file:///work/a%20b?dir=sub', rev: REV },
      resolved: { dir: 'sub', type: 'git', url: 'file:///work/a%20b?dir=sub' },
      url: `git+file:///work/a%20b?dir=sub&rev=${REV}`,
    },
    expectation(`git+file:///work/a%20b?dir=sub&rev=${REV}`, true, '/work/a b', 'sub'),
  ],
  [
    'a dirty git tree',
    {
      locked: { type: 'git', url: 'file:///work/repo', dirtyRev: `${REV}-dirty`, narHash: 'sha256-x' },
      resolved: { type: 'git', url: 'file:///work/repo' },
      resolvedUrl: 'git+file:///work/repo',
      url: 'git+file:///work/repo',
    },
    expectation('git+file:///work/repo', false, '/work/repo', ''),
  ],
  [
    'a path',
    {
      locked: { type: 'path', path: '/work/repo', narHash: 'sha256-x', lastModified: 1 },
      resolved: { type: 'path', path: '/work/repo' },
      resolvedUrl: 'path:/work/repo',
      url: 'path:/work/repo?lastModified=1&narHash=sha256-x',
    },
    expectation('path:/work/repo?lastModified=1&narHash=sha256-x', true, '/work/repo', ''),
  ],
  [
    'GitHub',
    {
      locked: { type: 'github', owner: 'o', repo: 'r', rev: REV, dir: 'nix' },
      resolved: { type: 'github', owner: 'o', repo: 'r', dir: 'nix' },
      resolvedUrl: 'github:o/r?dir=nix',
      url: `github:o/r/${REV}?dir=nix`,
    },
    expectation(`github:o/r/${REV}?dir=nix`, true, undefined, 'nix'),
  ],
  [
    'an archive',
    {
      locked: { type: 'tarball', url: 'https://x/y.tar.gz', narHash: 'sha256-x' },
      resolved: { type: 'tarball', url: 'https://x/y.tar.gz' },
      url: 'https://x/y.tar.gz?narHash=sha256-x',
    },
    expectation('https://x/y.tar.gz?narHash=sha256-x', true, undefined, ''),
  ],
];

function expectation(url: string, isLocked: boolean, localPath: string | undefined, directory: string) {
  return {
    url,
    resolved: { lockedUrl: isLocked ? url : undefined, localPath, directory, sourcePath: STORE },
  };
}

test.each(CASES)('reads %s', (_name, metadata, expected) => {
  expect(readMetadata('.', JSON.stringify({ path: STORE, ...metadata }), 'nix')).toMatchObject(expected);
});

test('names files as errors do: by store path, by folder, by reference with and without its directory', () => {
  const url = `github:o/r/${REV}?dir=nix`;
  const { roots } = readMetadata(
    '.',
    JSON.stringify({ path: STORE, locked: { type: 'github', rev: REV }, url }),
    'nix',
  );
  expect(roots).toEqual([STORE, `«${url}»`, `«github:o/r/${REV}»`]);
});

test.each(['', '[]', '{}', '{"path":7}', 'warning: x'])('refuses %j', (text) => {
  expect(() => readMetadata('.', text, 'nix')).toThrow('`nix flake metadata` does not say where . is');
});
