import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandOptions, CommandResult } from '../../../scripts/provision/command.ts';
import { runCommand } from '../../../scripts/provision/command.ts';
import type { HostOptions } from './host-options.ts';
import {
  enterHost,
  killHostProcess,
  START_NIX_DAEMON,
  START_SSHD,
  startHostProcess,
} from './host-process.ts';
import type { HostProcess } from './host-process.ts';
import type { KeyPair } from './keys.ts';
import type { FarmNetwork, HostEndpoint } from './network.ts';
import { cutCable, mendCable, removeCable } from './network.ts';
import { maxJobsOf } from './seed.ts';

const SSH_PORT = 22;
const HOST_SYSTEM = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux';

/** What a machine line says that the host itself does not know. */
export interface MachineLineOptions {
  readonly scheme?: 'ssh' | 'ssh-ng';
  readonly user?: 'builder' | 'stranger' | 'root';
  /** Path of the private key, for stock Nix. Default `-`. */
  readonly keyPath?: string;
  readonly speedFactor?: number;
  readonly mandatoryFeatures?: readonly string[];
  /** Whether column 8 holds the host key. Default true. */
  readonly hostKey?: boolean;
}

/** A process of a host; pids are those inside the host. */
export interface HostProcessRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly user: string;
  readonly command: string;
}

/** A machine with its own address, /nix, nix-daemon and sshd. */
export class Host {
  readonly name: string;
  readonly address: string;
  /** Undefined where the kernel has no IPv6. */
  readonly address6: string | undefined;
  readonly port = SSH_PORT;
  readonly options: HostOptions;
  readonly hostKeys: readonly [KeyPair, ...KeyPair[]];
  readonly #folder: string;
  readonly #network: FarmNetwork;
  readonly #endpoint: HostEndpoint;
  #process: HostProcess | undefined;

  constructor(
    folder: string,
    options: HostOptions,
    network: FarmNetwork,
    endpoint: HostEndpoint,
    hostKeys: readonly [KeyPair, ...KeyPair[]],
  ) {
    this.name = options.name;
    this.address = endpoint.address;
    this.address6 = endpoint.address6;
    this.options = options;
    this.hostKeys = hostKeys;
    this.#folder = folder;
    this.#network = network;
    this.#endpoint = endpoint;
  }

  /** First host key as `ssh-ed25519 AAAA…`. */
  get hostKeyLine(): string {
    return this.hostKeys[0].publicLine;
  }

  /** known_hosts lines of all host keys, under each address. */
  get knownHostsLine(): string {
    const names = this.address6 === undefined ? this.address : `${this.address},${this.address6}`;
    return this.hostKeys.map((key) => `${names} ${key.publicLine}`).join('\n');
  }

  /** The host as a line of Nix's machines file, with the systems, slots and features it was given. */
  machineLine(line: MachineLineOptions = {}): string {
    const list = (items: readonly string[] | undefined): string =>
      items === undefined || items.length === 0 ? '-' : items.join(',');
    const systems = [this.options.system ?? HOST_SYSTEM, ...(this.options.extraPlatforms ?? [])];
    return [
      `${line.scheme ?? 'ssh-ng'}://${line.user ?? 'builder'}@${this.address}`,
      list(systems),
      line.keyPath ?? '-',
      maxJobsOf(this.options),
      line.speedFactor ?? 1,
      list(this.options.systemFeatures),
      list(line.mandatoryFeatures),
      line.hostKey === false ? '-' : Buffer.from(this.hostKeyLine).toString('base64'),
    ].join(' ');
  }

  /** Runs a command inside the host, as root or as the user given. */
  exec(
    command: readonly string[],
    options: Omit<CommandOptions, 'cwd'> & { readonly user?: string } = {},
  ): Promise<CommandResult> {
    const { user, ...rest } = options;
    const asUser = user === undefined ? [] : ['runuser', '-u', user, '--'];
    const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };
    return runCommand([...this.#enter(), ...asUser, ...command], {
      ...rest,
      env: { ...env, HOME: user === undefined ? '/root' : `/home/${user}`, ...rest.env },
    });
  }

  /** As `exec`, but an exit code other than 0 is an error. Returns stdout. */
  async mustExec(...[command, options]: Parameters<Host['exec']>): Promise<string> {
    const { code, stdout, stderr } = await this.exec(command, options);
    if (code === 0) return stdout;
    throw new Error(`expected "${command.join(' ')}" to succeed on ${this.name}, exit ${code}: ${stderr}`);
  }

  /** All processes inside the host. */
  async processes(): Promise<readonly HostProcessRow[]> {
    const listing = await this.mustExec(['ps', '-e', '-o', 'pid=,ppid=,user=,args=']);
    return listing
      .split('\n')
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line))
      .filter((match) => match !== null)
      .map(([, pid, parentPid, user = '', command = '']) => ({
        pid: Number(pid),
        parentPid: Number(parentPid),
        user,
        command,
      }));
  }

  /** Starts the host; again after `kill`, with the same address, keys and store. */
  async boot(): Promise<void> {
    this.#process = await startHostProcess(this.#folder, this.options, this.#network, this.#endpoint);
    await this.#untilSshListens();
  }

  /** Ends every process of the host at once. Its connections are reset; cut the network first for a silent death. */
  async kill(): Promise<void> {
    if (this.#process !== undefined) await killHostProcess(this.#process);
    await removeCable(this.#endpoint);
    this.#process = undefined;
  }

  /** Kills nix-daemon and the workers of its connections; sshd stays. */
  async killDaemon(): Promise<void> {
    await this.exec(['sh', '-c', 'd=$(cat /run/nix-daemon.pid); pkill -KILL -P "$d"; kill -KILL "$d"']);
    await this.mustExec(['rm', '-f', '/nix/var/nix/daemon-socket/socket']);
  }

  /** Kills nix-daemon and its workers and starts it again. */
  async restartDaemon(): Promise<void> {
    await this.killDaemon();
    const untilListening = 'until [ -S /nix/var/nix/daemon-socket/socket ]; do sleep 0.01; done';
    await this.mustExec(['sh', '-c', `${START_NIX_DAEMON}; ${untilListening}`]);
  }

  /** Kills sshd with all its sessions and starts it again. */
  async restartSshd(): Promise<void> {
    await this.exec(['pkill', '-KILL', 'sshd']);
    // Until the last one is dead, its ports are taken; one that nobody has waited for yet has none.
    const untilDead = 'while pgrep --runstates RSDTt sshd >/dev/null; do sleep 0.01; done';
    await this.mustExec(['sh', '-c', `${untilDead}; ${START_SSHD}`]);
    await this.#untilSshListens();
  }

  /** From now on every packet to and from the host is lost; nobody is told. */
  cutNetwork(): Promise<void> {
    return cutCable(this.#endpoint);
  }

  /** Undoes `cutNetwork`. */
  healNetwork(): Promise<void> {
    return mendCable(this.#network, this.#endpoint);
  }

  /** Leaves no free byte in /nix. Needs the option `diskMib`. */
  async fillDisk(): Promise<void> {
    if (this.options.diskMib === undefined)
      throw new Error(`host ${this.name} has no disk of its own: set diskMib`);
    await this.exec(['sh', '-c', 'cat /dev/zero >/nix/filler']);
  }

  /** Undoes `fillDisk`. */
  async freeDisk(): Promise<void> {
    await this.mustExec(['rm', '-f', '/nix/filler']);
  }

  #enter(): readonly string[] {
    if (this.#process === undefined) throw new Error(`host ${this.name} is not running: boot it first`);
    return enterHost(this.#process);
  }

  async #untilSshListens(): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await acceptsConnections(this.address, SSH_PORT))) {
      if (Date.now() > deadline)
        throw new Error(`expected sshd of ${this.name} to listen on ${this.address}`);
      await sleep(10);
    }
  }
}

function acceptsConnections(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const finish = (accepted: boolean) => (): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', finish(true)).once('error', finish(false)).once('timeout', finish(false));
  });
}
