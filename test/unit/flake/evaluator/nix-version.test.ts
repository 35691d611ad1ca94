import { expect, test } from 'vitest';
import {
  experimentalFeatures,
  loadingMode,
  parseNixVersion,
} from '../../../../src/flake/evaluator/nix-version.ts';

test.each([
  ['nix (Nix) 2.8.0\n', 2, 8, false, 'load-flake'],
  ['nix (Nix) 2.10.3', 2, 10, false, 'argument'],
  ['nix (Nix) 2.34.8', 2, 34, false, 'argument'],
  ['nix (Nix) 2.31.0pre20250812_abc', 2, 31, false, 'argument'],
  ['nix (Lix, like Nix) 2.91.1', 2, 91, true, 'argument'],
  ['nix (Determinate Nix 3.8.5) 2.30.2', 2, 30, false, 'argument'],
])('reads %j', (line, major, minor, isLix, mode) => {
  const version = parseNixVersion(line);
  expect(version).toMatchObject({ major, minor, isLix, text: line.trim() });
  expect(loadingMode(version)).toBe(mode);
});

test('only versions from 2.10 to 2.18 have a feature of its own for flakes in the REPL', () => {
  const featuresOf = (line: string): readonly string[] => experimentalFeatures(parseNixVersion(line));
  expect(featuresOf('nix (Nix) 2.8.0')).toEqual(['nix-command', 'flakes']);
  expect(featuresOf('nix (Nix) 2.10.0')).toEqual(['nix-command', 'flakes', 'repl-flake']);
  expect(featuresOf('nix (Nix) 2.18.9')).toEqual(['nix-command', 'flakes', 'repl-flake']);
  expect(featuresOf('nix (Nix) 2.19.0')).toEqual(['nix-command', 'flakes']);
});

test('refuses what is no Nix with flakes', () => {
  expect(() => parseNixVersion('guix (GNU Guix) 1.4.0')).toThrow(
    '`nix --version` printed "guix (GNU Guix) 1.4.0"',
  );
  expect(() => parseNixVersion('nix (Nix) 2.3.16')).toThrow('nix (Nix) 2.3.16 cannot evaluate flakes');
});
