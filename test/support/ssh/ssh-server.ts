import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel } from 'ssh2';
import { greeting, introduction } from '../daemon/bytes.ts';
import { makeKeyPair } from '../farm/keys.ts';
import type { KeyPair } from '../farm/keys.ts';

/** An SSH server in this process, for what a real one does only on bad days. */
export interface SshServerOptions {
  readonly hostKeys?: readonly KeyPair[];
  /** Who may log in besides the holder of `clientKey`. */
  readonly admits?: (context: AuthContext) => boolean;
  readonly maxSessions?: number;
  /** Whether unix sockets may be forwarded; they lead to a daemon. */
  readonly socket?: 'daemon' | 'closes' | 'refused';
  /** What an exec does; default: a daemon for its exact command, else exit 127. */
  readonly onExec?: (
    command: string,
    channel: ServerChannel,
    environment: Readonly<Record<string, string>>,
  ) => void;
  /** Connections that are dropped at once before one is served. */
  readonly dropFirst?: number;
}

/** What a server saw, for assertions. */
export interface SshServer extends AsyncDisposable {
  readonly port: number;
  readonly clientKey: KeyPair;
  readonly hostKeys: readonly KeyPair[];
  /** known_hosts lines for it. */
  readonly knownHosts: string;
  readonly commands: readonly string[];
  connections(): number;
  authAttempts(): number;
  /** From now on no byte goes either way, and nothing is closed. */
  freeze(): void;
  /** Closes all connections as a stopped sshd does. */
  dropAll(): void;
}

/** A daemon of Nix 2.34.8 that greets and then listens. */
export function greetLikeDaemon(channel: ServerChannel): void {
  channel.write(greeting(38));
  let received = 0;
  let introduced = false;
  channel.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received <= 16 || introduced) return;
    introduced = true;
    channel.write(introduction(38, '2.34.8'));
  });
  channel.on('end', () => channel.end());
}

export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const {
    hostKeys = [makeKeyPair('ed25519')],
    maxSessions = 10,
    socket = 'refused',
    dropFirst = 0,
  } = options;
  const { onExec = defaultExec } = options;
  const clientKey = makeKeyPair('ed25519');
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let authAttempts = 0;

  const ssh = new ssh2.Server({ hostKeys: hostKeys.map(({ privateKey }) => privateKey) }, serve);

  function serve(client: Connection): void {
    client.on('error', () => {});
    client.on('authentication', (context) => {
      authAttempts += 1;
      const isOurs =
        context.method === 'publickey' &&
        context.key.data.toString('base64') === clientKey.publicLine.split(' ')[1];
      if (isOurs || options.admits?.(context) === true) context.accept();
      else context.reject(['publickey']);
    });
    let sessions = 0;
    client.on('session', (accept, reject) => {
      if (sessions >= maxSessions) {
        reject();
        return;
      }
      sessions += 1;
      const environment: Record<string, string> = {};
      const session = accept();
      session.on('env', (acceptEnv, _reject, info) => {
        environment[info.key] = info.val;
        acceptEnv?.();
      });
      session.once('close', () => {
        sessions -= 1;
      });
      session.on('exec', (acceptExec, _reject, { command }) => {
        commands.push(command);
        onExec(command, acceptExec(), environment);
      });
    });
    // Missing in the types of ssh2: requests for a unix socket.
    (
      client as unknown as {
        on(name: string, listener: (accept: () => ServerChannel, reject: () => void) => void): void;
      }
    ).on('openssh.streamlocal', (accept, reject) => {
      if (socket === 'refused') return reject();
      const channel = accept();
      if (socket === 'daemon') greetLikeDaemon(channel);
      else channel.end();
    });
  }

  const server = createServer((incoming) => {
    connections += 1;
    sockets.add(incoming);
    incoming.on('error', () => {});
    incoming.once('close', () => sockets.delete(incoming));
    if (connections <= dropFirst) incoming.destroy();
    else ssh.injectSocket(incoming);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    clientKey,
    hostKeys,
    knownHosts: hostKeys.map(({ publicLine }) => `[127.0.0.1]:${port} ${publicLine}`).join('\n'),
    commands,
    connections: () => connections,
    authAttempts: () => authAttempts,
    freeze() {
      for (const incoming of sockets) {
        incoming.removeAllListeners('data');
        incoming.pause();
        incoming.write = () => true;
      }
    },
    dropAll() {
      for (const incoming of sockets) incoming.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const incoming of sockets) incoming.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function defaultExec(command: string, channel: ServerChannel): void {
  if (/(^| )nix-daemon --stdio$/.test(command)) {
    greetLikeDaemon(channel);
    return;
  }
  channel.stderr.write(`sh: ${command.split(' ')[0]}: not found\n`);
  channel.exit(127);
  channel.end();
}
