import { expect, test } from 'vitest';
import { describeError } from '../../../src/errors.ts';
import { flakeError } from '../../../src/flake/flake-error.ts';

const source = '/nix/store/jvsgjlx9afi3p41vxj724ycabqwl9j00-source';
const relative = 'Check the flake input; a relative reference starts at the directory that the step runs in.';
const token =
  'Is the name right? For private repositories, and against the rate limit of GitHub, give a token by github_access_token.';

test.each([
  [
    'no flake',
    'error: could not find a flake.nix file',
    `cannot read the flake .: could not find a flake.nix file\n${relative}`,
  ],
  [
    'a private repository, as Nix 2.8 says it',
    "error: unable to download 'https://api.github.com/repos/a/b/commits/HEAD': HTTP error 404 ('')\n\nresponse body:\n\n{}\n(use '--show-trace' to show detailed location information)",
    `cannot read the flake .: unable to download 'https://api.github.com/repos/a/b/commits/HEAD': HTTP error 404 ('')\n\nresponse body:\n\n{}\n${token}`,
  ],
  [
    'a name server that does not answer',
    "error: unable to download 'https://api.github.com/repos/a/b': Couldn't resolve host name (6)\n(use '--show-trace' to show detailed location information)",
    `cannot read the flake .: unable to download 'https://api.github.com/repos/a/b': Couldn't resolve host name (6)\n${relative}`,
  ],
  [
    "somebody else's repository, as Nix 2.34 says it",
    `error:\n       … while fetching the input 'git+file:///tmp/repo'\n\n       error: opening Git repository "/tmp/repo": repository path '/tmp/repo' is not owned by current user (libgit2 error code = 7)`,
    `cannot read the flake .: opening Git repository "/tmp/repo": repository path '/tmp/repo' is not owned by current user (libgit2 error code = 7)\nAllow it in a step before: git config --global --add safe.directory "$GITHUB_WORKSPACE".`,
  ],
  [
    'a flag that Nix does not know',
    "error: unrecognised flag '--no-such-flag'\nTry 'nix --help' for more information.",
    "cannot read the flake .: unrecognised flag '--no-such-flag'\nTry 'nix --help' for more information.\nWhat is in nix_args is given to Nix as it is.",
  ],
  [
    'a file that git does not know',
    `error: path '${source}/flake.nix' does not exist`,
    `cannot read the flake .: path '${source}/flake.nix' does not exist\nOf a git repository Nix sees only what git knows: if flake.nix exists, \`git add\` it.`,
  ],
  [
    'a flake without outputs',
    "error: flake 'git+file:///repo' lacks attribute 'outputs'",
    "the flake . does not evaluate: flake 'git+file:///repo' lacks attribute 'outputs'",
  ],
  [
    'outputs that are no function',
    `error: expected a function but got an integer at ${source}/flake.nix:1:3`,
    `the flake . does not evaluate: expected a function but got an integer at ${source}/flake.nix:1:3`,
  ],
  [
    'a syntax error',
    `error: syntax error, unexpected ';'\n\n       at ${source}/flake.nix:3:14:\n\n            2|   outputs\n`,
    "the flake . does not evaluate: syntax error, unexpected ';' at flake.nix:3:14",
  ],
])('%s', (_case, stderr, told) => {
  expect(describeError(flakeError('.', stderr))).toBe(told);
});
