import { expect, test } from 'vitest';
import { artifactUrl, flakeOnGitHub, workflowRunOf } from '../../../src/github/workflow-run.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const environment = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/widgets',
  GITHUB_RUN_ID: '77',
  GITHUB_SHA: commit,
};
const run = { serverUrl: 'https://github.com', repository: 'acme/widgets', runId: '77', commit };

test('a workflow run is what the runner tells of it, whole and only on GitHub', () => {
  expect(workflowRunOf(environment)).toEqual(run);
  expect(workflowRunOf({ ...environment, ACT: 'true' })).toBeUndefined();
  expect(workflowRunOf({ ...environment, GITHUB_ACTIONS: undefined })).toBeUndefined();
  expect(workflowRunOf({ ...environment, GITHUB_SHA: 'main' })).toBeUndefined();
  expect(workflowRunOf({ ...environment, GITHUB_SERVER_URL: 'javascript:x' })).toBeUndefined();
});

test('artifacts are found on the page of the run', () => {
  expect(artifactUrl(run, 5)).toBe('https://github.com/acme/widgets/actions/runs/77/artifacts/5');
});

test.each([
  [`git+file:///home/runner/widgets?ref=refs%2Fheads%2Fmain&rev=${commit}`, `github:acme/widgets/${commit}`],
  [`git+file:///r?dir=sub/a%20b&rev=${commit}`, `github:acme/widgets/${commit}?dir=sub/a%20b`],
  [`git+file:///r?rev=${commit}&submodules=1`, undefined],
  [`git+file:///r?rev=${commit.replace('0', 'f')}`, undefined],
  ['path:/tmp/x?narHash=sha256-x', undefined],
  [`github:acme/other/${commit}`, undefined],
  [undefined, undefined],
])('the flake %s is on GitHub as %s', (locked, expected) => {
  expect(flakeOnGitHub(run, locked)).toBe(expected);
});

test('a server of a company is named', () => {
  const own = { ...run, serverUrl: 'https://git.example.org' };
  expect(flakeOnGitHub(own, `git+file:///r?rev=${commit}&dir=sub`)).toBe(
    `github:acme/widgets/${commit}?host=git.example.org&dir=sub`,
  );
});
