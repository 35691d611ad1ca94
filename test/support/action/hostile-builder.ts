import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Farm } from '../farm/farm.ts';
import { resultsOf, troubleOf } from '../faults/run-results.ts';
import type { SshServer } from '../ssh/ssh-server.ts';
import { farmInputs } from './farm-inputs.ts';
import { hostSystem, shellBuild } from './flake.ts';
import { builtNames } from './reading.ts';
import { createWorkspace } from './workspace.ts';

/**
 * Runs a build for the hostile builder and one for a farm's host with the feature `on-good`, checks that the latter was built in little
 * memory, and returns what the report says of the former.
 */
export async function buildBeside(farm: Farm, server: SshServer) {
  const checks = {
    bait: shellBuild({ name: 'bait', requiredFeatures: ['bait'] }),
    honest: shellBuild({ name: 'honest', requiredFeatures: ['on-good'] }),
  };
  await using workspace = await createWorkspace({ checks: { [hostSystem]: checks } });
  const { builders = '', known_hosts = '', ssh_key = '' } = farmInputs(farm);
  const host = `127.0.0.1:${server.port}`;
  const step = await workspace.start(
    {
      builders: `${builders}\nssh-ng://me@${host} ${hostSystem} - 1 1 bait`,
      known_hosts: `${known_hosts}\n${server.knownHosts}`,
      ssh_key,
      build_timeout: '8s',
      max_log_size: '10MB',
      infra_retries: '1',
      // What can be tried again is tried for four times as long.
      keepalive: '2s',
    },
    { timeoutMs: 80_000 },
  );
  const peakMebibytes = await peakMemory(step.pid);
  const ended = await step.finished;
  expect(ended.exitCode, ended.printed).toBe(1);
  expect(builtNames(ended), ended.printed).toEqual(['honest']);
  expect(ended.seconds).toBeLessThan(60);
  expect(peakMebibytes).toBeGreaterThan(50);
  expect(peakMebibytes).toBeLessThan(400);
  const results = resultsOf(ended);
  const bait = results.builds.find(({ name }) => name === 'bait');
  return { host, bait, trouble: troubleOf(results, host), printed: ended.printed };
}

/** The most MiB that a process had until its end. */
async function peakMemory(pid: number): Promise<number> {
  for (let peak = 0; ; await sleep(20)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kibibytes === undefined) return peak;
    peak = Number(kibibytes) / 1024;
  }
}
