import { setTimeout as sleep } from 'node:timers/promises';
import type { RandomStream } from '../../src/dispatch/simulate/random.ts';
import type { Host } from '../../test/support/farm/host.ts';
import { pick } from './soak-builds.ts';

/** Something that happens to a machine and passes. */
export interface SoakFault {
  readonly name: string;
  /** Needs a host with a disk of its own. */
  readonly needsDisk?: true;
  /** Resolves when it has passed. */
  readonly strike: (host: Host, seconds: number) => Promise<void>;
}

/** A fault that a host was struck with, in epoch milliseconds. */
export interface Strike {
  readonly fault: string;
  readonly host: Host;
  readonly atMs: number;
}

async function heal(seconds: number, repair: () => Promise<unknown>): Promise<void> {
  await sleep(seconds * 1000);
  await repair();
}

const faults: readonly SoakFault[] = [
  {
    name: 'machine dies and comes back',
    async strike(host, seconds) {
      await host.kill();
      await heal(seconds, () => host.boot());
    },
  },
  {
    name: 'machine dies in silence and comes back',
    async strike(host, seconds) {
      await host.cutNetwork();
      await host.kill();
      await heal(seconds, () => host.boot());
    },
  },
  {
    name: 'network is cut for a while',
    async strike(host, seconds) {
      await host.cutNetwork();
      await heal(seconds, () => host.healNetwork());
    },
  },
  { name: 'sshd restarts', strike: (host) => host.restartSshd() },
  { name: 'nix-daemon restarts', strike: (host) => host.restartDaemon() },
  {
    name: 'nix-daemon is gone for a while',
    async strike(host, seconds) {
      await host.killDaemon();
      await heal(seconds, () => host.restartDaemon());
    },
  },
  {
    name: 'one worker of nix-daemon is killed',
    async strike(host) {
      await host.exec(['sh', '-c', 'pkill -KILL -n -P "$(cat /run/nix-daemon.pid)"']);
    },
  },
  {
    name: 'disk is full for a while',
    needsDisk: true,
    async strike(host, seconds) {
      await host.fillDisk();
      await heal(seconds, () => host.freeDisk());
    },
  },
  {
    name: 'garbage is collected',
    async strike(host) {
      // It can fail: a disk that was full leaves half a line behind in a file of temporary roots.
      await host.exec(['nix-store', '--gc']);
    },
  },
];

const longestSeconds = 8;

/**
 * Strikes a random host that is well with a random fault again and again, until told to stop. Resolves when all have passed.
 *
 * @param everySeconds from one to the next
 */
export async function strikeAgainAndAgain(
  hosts: readonly Host[],
  everySeconds: number,
  random: RandomStream,
  signal: AbortSignal,
): Promise<readonly Strike[]> {
  const strikes: Strike[] = [];
  const struck = new Map<Host, Promise<void>>();
  for (;;) {
    await sleep(everySeconds * 1000, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const well = hosts.filter((host) => !struck.has(host));
    // Drawn in any case, so that what comes later depends on the seed and not on how long things take.
    const [which, what, howLong] = [random.uniform(), random.uniform(), random.uniform()];
    const host = well[Math.floor(which * well.length)];
    if (host === undefined) continue;
    const possible = faults.filter(
      ({ needsDisk }) => needsDisk !== true || host.options.diskMib !== undefined,
    );
    const fault = pick(possible, { ...random, uniform: () => what });
    strikes.push({ fault: fault.name, host, atMs: Date.now() });
    const passing = fault.strike(host, 1 + howLong * (longestSeconds - 1));
    struck.set(
      host,
      passing.finally(() => struck.delete(host)),
    );
  }
  await Promise.all(struck.values());
  return strikes;
}
