import { expect, it } from 'vitest';
import { strayInputs } from '../../../src/inputs/stray-inputs.ts';

it('warns of unknown and renamed inputs, and of nothing else', () => {
  expect(
    strayInputs({
      PATH: '/bin',
      INPUT_FLAKE: '.',
      INPUT_TYPO: 'x',
      INPUT_EMPTY: '',
      INPUT_NIXBUILD_SSH_KEY: 'secret',
    }),
  ).toEqual([
    'Input nixbuild_ssh_key is called ssh_key here and was ignored: rename it',
    'Input typo does not exist and was ignored',
  ]);
});
