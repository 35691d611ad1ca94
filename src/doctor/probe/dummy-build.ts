import { randomBytes } from 'node:crypto';

import type { OpenBuilder } from '../../builders/open-builder.ts';
import { toDispatchError } from '../../errors.ts';
import type { BuildListener } from '../../nix/client/build-listener.ts';
import { toBasicDerivation } from '../../nix/derivation/basic-derivation.ts';
import type { BuildResult } from '../../nix/protocol/build-result.ts';
import type { DummyProbe } from '../checks/build.ts';
import { DUMMY_LINE, dummyDerivation } from '../dummy-derivation.ts';

const patienceMs = 60_000;

/**
 * Builds something that does nothing, in the way that a run would: by itself where the daemon trusts us, as a closure elsewhere. Never
 * rejects.
 */
export async function probeBuild(opened: OpenBuilder, system: string): Promise<DummyProbe> {
  const dummy = dummyDerivation(system, randomBytes(16).toString('hex'));
  const began = performance.now();
  let hasLog = false;
  const listener: BuildListener = {
    onLogLine: (line) => {
      hasLog ||= line.trim() === DUMMY_LINE;
    },
  };
  const probe = (failure: string | undefined): DummyProbe => ({
    system,
    seconds: (performance.now() - began) / 1000,
    hasLog,
    failure,
  });
  const isClosure = opened.builder.parameters.granularity === 'closure' || opened.info.trust !== 'trusted';
  let timer: NodeJS.Timeout | undefined;
  try {
    const client = await opened.acquire();
    timer = setTimeout(() => client.close(), patienceMs);
    let result: BuildResult | undefined;
    if (isClosure) {
      const request = { name: 'nix-dispatch-doctor.drv', method: 'text:sha256', references: [] } as const;
      await client.addToStore(request, [dummy.drv]);
      const path = { kind: 'built', drvPath: dummy.drvPath, outputs: 'all' } as const;
      [{ result } = { result: undefined }] = await client.buildPathsWithResults([path], listener);
    } else {
      result = await client.buildDerivation(dummy.drvPath, toBasicDerivation(dummy.derivation, []), listener);
    }
    opened.release(client);
    if (result?.status === 'built') return probe(undefined);
    return probe(result?.errorMessage || `it ended as ${result?.status ?? 'nothing'}`);
  } catch (thrown) {
    const { message } = toDispatchError(thrown, 'daemon');
    const isLate = performance.now() - began >= patienceMs;
    return probe(isLate ? `not done after ${patienceMs / 1000} s` : message);
  } finally {
    clearTimeout(timer);
  }
}
