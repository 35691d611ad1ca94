import ssh2 from 'ssh2';
import type { ClientChannel, ConnectConfig } from 'ssh2';
import type { DispatchError } from '../../errors.ts';
import { FellSilent } from '../fell-silent.ts';
import { hostKeyAlgorithms } from '../known-hosts/algorithms.ts';
import { authMethods, type AuthMethods } from './auth-methods.ts';
import { acceptHostCertificates, isHostKeyAlgorithm } from './host-certificates.ts';
import { makePacketsCheap } from './cheap-packets.ts';
import { hostJudge } from './judge-host.ts';
import { watchLiveness } from './liveness.ts';
import { loginError } from './login-errors.ts';
import type { SshLogin } from './login.ts';
import { connectionLost } from './session-errors.ts';
import { openTransport } from './transport.ts';
import { sendUserCertificates } from './user-certificates.ts';

/** One SSH connection, logged in. */
export interface SshConnection {
  /** Runs a command. Rejects with {@link isChannelRefused}'s kind when the server allows no more sessions. */
  exec(command: string, environment?: Readonly<Record<string, string>>): Promise<ClientChannel>;
  /** Connects to a unix socket on the host, where the server allows it. */
  openSocket(socketPath: string): Promise<ClientChannel>;
  /** Connects to another host from there, where the server allows it. */
  openTcp(host: string, port: number): Promise<ClientChannel>;
  /** The reason it ended, or undefined when we ended it; never rejects. */
  readonly closed: Promise<DispatchError | undefined>;
  close(): void;
}

const PINGS_PER_LIMIT = 15;

/**
 * Logs in to a host. Its key is judged before anything secret is sent.
 *
 * @throws DispatchError `unreachable`, `host-key` or `authentication` that names the host and what to do
 */
export async function connectSsh(login: SshLogin): Promise<SshConnection> {
  const began = performance.now();
  const transport = await openTransport(login, connectSsh);
  const { stream } = transport;
  const client = new ssh2.Client();
  const judge = hostJudge(login);
  const { methods, certificates } = authMethods(login);
  let refusal: DispatchError | undefined;
  let end: (reason: DispatchError | undefined) => void = () => {};
  const closed = new Promise<DispatchError | undefined>((resolve) => {
    end = resolve;
  });
  let isOurs = false;
  let failure: DispatchError | undefined;

  await new Promise<void>((resolve, reject) => {
    client.on('ready', resolve);
    // Both may come, and errors may come twice: the first decides, the rest must only not be unhandled.
    client.on('error', (error) => {
      // An agent that does not answer is one identity less.
      if ('level' in error && error.level === 'agent') return;
      failure ??= refusal ?? loginError(login, error);
      reject(failure);
    });
    client.on('close', () => {
      const dropped = Object.assign(new Error('closed before login'), { code: 'ECONNRESET' });
      reject(refusal ?? failure ?? loginError(login, dropped));
      const known = failure?.code === 'connection-lost' ? failure : undefined;
      end(isOurs ? undefined : (known ?? connectionLost(login, failure)));
    });
    client.connect({
      ...configOf(login, methods),
      sock: stream,
      readyTimeout: Math.max(1, login.connectTimeoutMs - (performance.now() - began)),
      hostVerifier: (blob: Buffer) => {
        refusal = judge(blob);
        return refusal === undefined;
      },
    });
    acceptHostCertificates(client);
    if (certificates.size > 0) sendUserCertificates(client, certificates);
  }).catch((error: unknown) => {
    client.destroy();
    stream.destroy();
    throw error;
  });

  makePacketsCheap(client);
  failure = undefined;
  watchLiveness(transport, login.keepaliveMs, (silentMs) => {
    failure = new FellSilent(login.host, login.name, silentMs);
    stream.destroy();
  });

  return {
    exec: (command, environment) =>
      openChannel((done) => client.exec(command, { env: { ...environment } }, done)),
    openSocket: (socketPath) => openChannel((done) => client.openssh_forwardOutStreamLocal(socketPath, done)),
    openTcp: (host, port) => openChannel((done) => client.forwardOut('127.0.0.1', 0, host, port, done)),
    closed,
    close() {
      isOurs = true;
      client.end();
      // A peer that does not answer would keep the socket, and with it the process, open.
      setTimeout(() => stream.destroy(), 500).unref();
    },
  };
}

/** Whether the server is there but opens no channel of that kind, or no more of them. */
export function isChannelRefused(error: unknown): boolean {
  return error instanceof Error && /channel open failure/i.test(error.message);
}

function openChannel(
  open: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    open((error, channel) => {
      if (error === undefined || error === null) resolve(channel);
      else reject(error);
    });
  });
}

function configOf(login: SshLogin, methods: AuthMethods['methods']): ConnectConfig {
  return {
    username: login.user,
    authHandler: methods,
    algorithms: {
      serverHostKey: hostKeyAlgorithms(login.trust.keys).filter(isHostKeyAlgorithm),
      compress: login.compress ? ['zlib@openssh.com', 'zlib', 'none'] : ['none'],
    },
    // The pings are ssh2's, the judgement is ours: any byte counts. They are so frequent because TCP takes as long again as a network
    // was cut to try once more: a cut of just under half the limit is survived only if little silence came before it.
    keepaliveInterval: Math.max(1, Math.floor(login.keepaliveMs / PINGS_PER_LIMIT)),
    keepaliveCountMax: Number.MAX_SAFE_INTEGER,
  };
}
