import { availableParallelism } from 'node:os';
import { DispatchError } from '../errors.ts';
import type { DaemonClient } from '../nix/client/daemon-client.ts';
import type { Trust } from '../nix/protocol/handshake.ts';
import type { ProtocolVersion } from '../nix/protocol/version.ts';
import type { Builder } from './builder.ts';
import { createClientPool } from './client-pool.ts';
import type { ClientPool } from './client-pool.ts';
import { CONNECT_TIMEOUT_MS, KEEPALIVE_MS } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import type { BuilderHost, CommandChannel, DaemonChannel } from './host.ts';
import { openLocalHost } from './local/local-host.ts';
import { FACTS_SCRIPT, parseMachineFacts, systemOfUname } from './machine-facts.ts';
import type { MachineFacts } from './machine-facts.ts';
import { probeTrust } from './probe-trust.ts';
import { runCommand } from './run-command.ts';
import type { CommandOptions, CommandResult } from './run-command.ts';
import { mayBeTheWay } from './ssh/daemon-ways.ts';

/** What is known of a builder once it is logged in to. */
export interface BuilderInfo {
  /** `2.34.8` for instance. */
  readonly nixVersion: string;
  readonly protocolVersion: ProtocolVersion;
  readonly trust: Trust;
  /** Those of its machine line, else those that it names itself. */
  readonly systems: readonly string[];
  /** Those of its machine line; where that names neither systems nor features, those that it names itself. */
  readonly supportedFeatures: readonly string[];
  /** That of its machine line, else 1; on the machine that runs us as many as it has cores. */
  readonly maxJobs: number;
  /** From the start until its daemon had answered. */
  readonly connectSeconds: number;
}

/** A builder that can be used. */
export interface OpenBuilder extends Omit<ClientPool, 'close'> {
  readonly builder: Builder;
  readonly info: BuilderInfo;
  /** Runs a command on its machine to the end. Throws DispatchError that names the host. */
  exec(words: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Starts a command on its machine that is talked with. Throws DispatchError that names the host. */
  openCommand(words: readonly string[]): Promise<CommandChannel>;
  /** A stream to its daemon, for another client than ours. Throws DispatchError that names the host. */
  openDaemonChannel(): Promise<DaemonChannel>;
  /** Why it cannot be reached any more, or undefined when we closed it. Never rejects. */
  readonly lost: Promise<DispatchError | undefined>;
  /** Ends all conversations and connections; what runs there is killed. */
  close(): void;
}

/**
 * Logs in to a builder and greets its daemon.
 *
 * @throws DispatchError that names the host: `input` (key), `unreachable`, `host-key`, `authentication`, `not-nix`,
 *   `protocol`, `timed-out` or `local`
 */
export async function openBuilder(builder: Builder, credentials: Credentials): Promise<OpenBuilder> {
  const began = performance.now();
  const { host, tryAnotherWay } = await openHost(builder, credentials);
  const pool = createClientPool(host, builder.name, {
    timeoutMs: credentials.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    keepaliveMs: credentials.keepaliveMs ?? KEEPALIVE_MS,
  });
  const close = (): void => {
    pool.close();
    host.close();
  };
  try {
    const [client, facts] = await Promise.all([firstClient(pool, tryAnotherWay), askFacts(builder, host)]);
    const connectSeconds = (performance.now() - began) / 1000;
    const trust = await findTrust(builder, client);
    pool.release(client);
    return {
      builder,
      info: {
        nixVersion: client.nixVersion,
        protocolVersion: client.protocolVersion,
        trust,
        systems: facts.systems,
        supportedFeatures: facts.systemFeatures,
        maxJobs: builder.maxJobs ?? (builder.address.kind === 'ssh' ? 1 : availableParallelism()),
        connectSeconds,
      },
      acquire: () => pool.acquire(),
      release: (released) => pool.release(released),
      clientPid: (of) => pool.clientPid(of),
      siblings: (of) => pool.siblings(of),
      whenFull: (listener) => pool.whenFull(listener),
      exec: (words, options) => runCommand(host, builder.name, words, options),
      openCommand: (words) => host.openCommand(words),
      openDaemonChannel: () => host.openDaemonChannel(),
      lost: host.lost,
      close,
    };
  } catch (error) {
    close();
    throw builder.address.kind === 'local' ? aboutThisMachine(error) : error;
  }
}

async function openHost(
  builder: Builder,
  credentials: Credentials,
): Promise<{ readonly host: BuilderHost; readonly tryAnotherWay: () => boolean }> {
  const { address, name } = builder;
  switch (address.kind) {
    case 'local':
      return { host: openLocalHost(name, undefined, credentials.nixConf), tryAnotherWay: () => false };
    case 'unix':
      return { host: openLocalHost(name, address.socketPath), tryAnotherWay: () => false };
    case 'ssh': {
      // ssh2 takes longer to load than all the rest: a run that builds here only does without.
      const { openSshHost } = await import('./ssh/ssh-host.ts');
      const host = await openSshHost(builder, address, credentials);
      return { host, tryAnotherWay: () => host.tryAnotherWay() };
    }
  }
}

/** What one way to the daemon led to says little about the others: the last one's error is the one that counts. */
async function firstClient(pool: ClientPool, tryAnotherWay: () => boolean): Promise<DaemonClient> {
  for (;;) {
    try {
      return await pool.acquire();
    } catch (error) {
      if (!mayBeTheWay(error) || !tryAnotherWay()) throw error;
    }
  }
}

/** Nobody logs in here: whatever is wrong is wrong with what we have started. */
function aboutThisMachine(error: unknown): unknown {
  if (!(error instanceof DispatchError) || error.code !== 'not-nix') return error;
  return new DispatchError(error.code, error.message, {
    host: error.host,
    hint: 'Is nix_conf right? Where it is, start the Nix daemon of this machine, or run as the user whom its store belongs to.',
    cause: error,
  });
}

async function askFacts(builder: Builder, host: BuilderHost): Promise<MachineFacts> {
  const { systems, supportedFeatures } = builder;
  if (systems.length > 0) return { systems, systemFeatures: supportedFeatures };
  const answer = await runCommand(host, builder.name, ['sh', '-c', FACTS_SCRIPT]).catch(() => undefined);
  const facts = answer === undefined ? undefined : parseMachineFacts(answer.stdout);
  const ours = systemOfUname(
    process.platform === 'darwin' ? 'Darwin' : 'Linux',
    process.arch === 'arm64' ? 'aarch64' : 'x86_64',
  );
  return {
    // A host that answers nothing gets the systems that Nix would give it: ours.
    systems: facts?.systems ?? (ours === undefined ? [] : [ours]),
    systemFeatures: supportedFeatures.length > 0 ? supportedFeatures : (facts?.systemFeatures ?? []),
  };
}

async function findTrust(builder: Builder, client: DaemonClient): Promise<Trust> {
  const { trusted } = builder.parameters;
  if (client.trust !== 'unknown' || trusted === undefined) return probeTrust(client);
  return trusted ? 'trusted' : 'not-trusted';
}
