import { expect, test } from 'vitest';
import { childEnvironment } from '../../src/child-environment.ts';

test('what only we may know is left out', () => {
  const environment = {
    PATH: '/bin',
    INPUT_SSH_KEY: 'x',
    'INPUT_WITH\nBREAK': 'x',
    ACTIONS_RUNTIME_TOKEN: 'x',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
    ACTIONS_RESULTS_URL: 'x',
    GITHUB_TOKEN: 'x',
    GH_TOKEN: 'x',
    GITHUB_WORKSPACE: '/w',
    MY_INPUT_: 'kept',
  };
  expect(childEnvironment(environment)).toEqual({ PATH: '/bin', GITHUB_WORKSPACE: '/w', MY_INPUT_: 'kept' });
});
