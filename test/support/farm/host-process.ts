import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { searchPath } from '../../../scripts/provision/command.ts';
import { treeFolder } from '../../../scripts/provision/trees.ts';
import { NEWEST_NIX } from './host-options.ts';
import type { HostOptions } from './host-options.ts';
import type { FarmNetwork, HostEndpoint } from './network.ts';
import { plugCable } from './network.ts';

const INIT_SCRIPT = join(import.meta.dirname, 'host-init.sh');

/** Shell commands that start a host's daemons; also used to start them again. */
export const START_NIX_DAEMON =
  'nix-daemon --daemon </dev/null >>/var/log/nix-daemon.log 2>&1 & echo $! >/run/nix-daemon.pid';
export const START_SSHD =
  '/usr/sbin/sshd -D -E /var/log/sshd.log </dev/null >/dev/null 2>&1 & echo $! >/run/sshd.pid';

/** A running host: the process outside its pid namespace, and the first process inside (pid as seen from outside). */
export interface HostProcess {
  readonly outer: ChildProcess;
  readonly initPid: number;
  readonly cgroup: string | undefined;
}

/** Starts a host's namespaces and daemons; resolves when nix-daemon listens and sshd has been started. */
export async function startHostProcess(
  stateFolder: string,
  options: HostOptions,
  network: FarmNetwork,
  endpoint: HostEndpoint,
): Promise<HostProcess> {
  const cgroup = options.cgroups === true ? makeCgroup(stateFolder, endpoint.cable) : undefined;
  const withoutNix = options.nix === 'none';
  const version = options.nix === undefined || options.nix === 'none' ? NEWEST_NIX : options.nix;
  const unshare = ['unshare', '-m', '-n', '-p', '-u', '-i', '-f', '--kill-child'];
  const command = [...unshare, ...(cgroup === undefined ? [] : ['-C']), 'sh', INIT_SCRIPT, stateFolder];
  const outer = spawn('setpriv', ['--pdeathsig', 'KILL', ...joinCgroup(cgroup), ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: searchPath(),
      LANG: 'C.UTF-8',
      TREE: treeFolder(version),
      NAME: options.name,
      ADDRESS: endpoint.address,
      RUNNER_ADDRESS: network.runner.address,
      ADDRESS6: endpoint.address6 ?? '',
      RUNNER_ADDRESS6: network.runner.address6 ?? '',
      RUNNER_MAC: network.runner.mac,
      DISK_MIB: options.diskMib === undefined ? '' : String(options.diskMib),
      CGROUP: cgroup ?? '',
      WITHOUT_NIX: withoutNix ? '1' : '',
      START_DAEMONS: withoutNix ? START_SSHD : `${START_NIX_DAEMON}\n${START_SSHD}`,
    },
  });
  const stderr: Buffer[] = [];
  outer.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const lines = createInterface({ input: outer.stdout })[Symbol.asyncIterator]();
  const expectLine = async (expected: string): Promise<void> => {
    const next = await lines.next();
    if (next.done !== true && next.value === expected) return;
    const said = Buffer.concat(stderr).toString().trim();
    throw new Error(`expected host ${options.name} to say "${expected}", it ended with: ${said}`);
  };
  await expectLine('waiting');
  const initPid = onlyChild(outer.pid);
  await plugCable(network, endpoint, initPid);
  outer.stdin.write('plugged in\n');
  await expectLine('ready');
  return { outer, initPid, cgroup };
}

/** What to put before a command so that it runs in a host's namespaces. */
export function enterHost({ initPid, cgroup }: HostProcess): readonly string[] {
  const namespaces = ['-m', '-u', '-i', '-n', '-p', '-r', '-w', ...(cgroup === undefined ? [] : ['-C'])];
  return [...joinCgroup(cgroup), 'nsenter', '-t', String(initPid), ...namespaces];
}

/** Kills every process of a host at once, as a power failure does, and waits for the last one. */
export async function killHostProcess({ outer, initPid }: HostProcess): Promise<void> {
  if (outer.exitCode !== null || outer.signalCode !== null) return;
  const exit = once(outer, 'exit');
  // The kernel ends all others before the first process is gone, and the outer process waits for that.
  process.kill(initPid, 'SIGKILL');
  await exit;
}

/** The process in the new pid namespace is the only child of the one that made it. */
function onlyChild(pid: number | undefined): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const child = Number(children);
  if (!Number.isInteger(child) || child <= 0) {
    throw new Error(`expected process ${pid} to have one child, got "${children}"`);
  }
  return child;
}

/** A cgroup has to be entered before its namespace is, and by the same process. */
function joinCgroup(cgroup: string | undefined): readonly string[] {
  return cgroup === undefined ? [] : ['sh', '-c', 'echo $$ >"$0/cgroup.procs"; exec "$@"', cgroup];
}

function makeCgroup(stateFolder: string, name: string): string {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const root = mounts.find((line) => line.split(' ')[2] === 'cgroup2')?.split(' ')[1];
  if (root === undefined) throw new Error('expected a cgroup2 mount on this machine, found none');
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(stateFolder, 'cgroup'), folder);
  return folder;
}
