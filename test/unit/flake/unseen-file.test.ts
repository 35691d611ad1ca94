import { expect, test } from 'vitest';
import { unseenFileHint } from '../../../src/flake/unseen-file.ts';

const source = '/nix/store/jvsgjlx9afi3p41vxj724ycabqwl9j00-source';

test.each([
  [`getting status of '${source}/new': No such file or directory`, 'new'],
  [`opening file '${source}/data/x y': No such file or directory`, 'data/x y'],
  [`path '${source}/new/flake.nix' does not exist`, 'new/flake.nix'],
])('%s', (message, file) => {
  expect(unseenFileHint(message)).toBe(
    `Of a git repository Nix sees only what git knows: if ${file} exists, \`git add\` it.`,
  );
});

test.each([
  "getting status of '/home/me/nowhere': No such file or directory",
  "path '/nix/store/jvsgjlx9afi3p41vxj724ycabqwl9j00-hello' does not exist",
  `Path 'flake.nix' in the repository "/home/me" is not tracked by Git.`,
  "attribute 'x' missing",
])('nothing is known of: %s', (message) => {
  expect(unseenFileHint(message)).toBeUndefined();
});
