import { expect, it } from 'vitest';
import { strayInputs } from '../../../src/inputs/stray-inputs.ts';

it('warns of unknown and renamed inputs, and of nothing else', () => {
  expect(
    strayInputs({
      PATH: '/bin',
      INPUT_FLAKE: '.',
      INPUT_TYPO: 'x',
      INPUT_EMPTY: '',
      INPUT_SSH_ADDRESS: 'nixbuild.example.org',
    }),
  ).toEqual([
    'Input ssh_address is called nixbuild_host here and was ignored: rename it',
    'Input typo does not exist and was ignored',
  ]);
});
