import type { BuildResult } from '../../../src/nix/protocol/build-result.ts';

/** A build result with everything at its default but `more`. */
export function resultWith(more: Partial<BuildResult> = {}): BuildResult {
  return {
    status: 'built',
    errorMessage: '',
    timesBuilt: 0,
    isNonDeterministic: false,
    startTimeSeconds: 0,
    stopTimeSeconds: 0,
    cpuUserMicroseconds: undefined,
    cpuSystemMicroseconds: undefined,
    builtOutputs: new Map(),
    ...more,
  };
}
