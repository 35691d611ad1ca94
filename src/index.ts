import { getInput, setFailed } from '@actions/core';
import { describeError, toDispatchError } from './errors.ts';
import { parseInputs } from './inputs/parse-inputs.ts';

try {
  parseInputs((name) => getInput(name));
} catch (error) {
  setFailed(describeError(toDispatchError(error, 'input')));
}
