import type { DispatchError } from '../../errors.ts';
import type { BuildResult } from '../../nix/protocol/build-result.ts';
import type { AttemptEnd } from './attempt.ts';
import { readBuildError } from './build-error.ts';

/**
 * What a daemon's answer means for the build (protocol §6.5 and §10.2). Undefined: the daemon never tried it.
 *
 * @param hasStarted a builder process was started; a build that was refused before that did not fail, its machine is the wrong one (other
 *   system or features than its machine line says, no build users, no space for the sandbox)
 */
export function endOfResult(result: BuildResult | undefined, hasStarted: boolean): AttemptEnd {
  if (result === undefined) {
    return { kind: 'infrastructure', message: 'the daemon gave no result for this build' };
  }
  const message = readBuildError(result.errorMessage);
  switch (result.status) {
    case 'built':
    case 'substituted':
      return { kind: result.status };
    case 'already-valid':
    case 'resolves-to-already-valid':
      return { kind: 'already-valid' };
    case 'dependency-failed':
      // An input was there when the builder was asked and is not any more.
      if (!hasStarted) {
        return { kind: 'infrastructure', message: `it was refused: ${message}`, isRefusal: true };
      }
      return { kind: 'dependency-failed', drvPath: undefined, message };
    case 'timed-out':
      return { kind: 'timed-out', message };
    case 'log-limit-exceeded':
      return { kind: 'log-limit', message };
    case 'no-substituters':
      return { kind: 'infrastructure', message };
    // Nix says `transient` of every fixed-output build that fails, whatever the reason was.
    case 'transient-failure':
    case 'permanent-failure':
    case 'input-rejected':
    case 'misc-failure':
      if (!hasStarted) {
        return { kind: 'infrastructure', message: `it was refused: ${message}`, isRefusal: true };
      }
      return { kind: 'failed', message };
    case 'output-rejected':
    case 'cached-failure':
    case 'not-deterministic':
    case 'hash-mismatch':
    case 'cancelled':
    case 'unknown':
      return { kind: 'failed', message: message === '' ? `the daemon says "${result.status}"` : message };
  }
}

/** What an exception during an attempt means: the builder never said that the build itself failed. */
export function endOfError(error: DispatchError): Extract<AttemptEnd, { kind: 'infrastructure' }> {
  return {
    kind: 'infrastructure',
    message: error.hint === undefined ? error.message : `${error.message} ${error.hint}`,
    ...(error.code === 'daemon' ? { isRefusal: true } : {}),
  };
}
