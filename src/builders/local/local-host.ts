import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { DispatchError } from '../../errors.ts';
import type { BuilderHost, DaemonChannel } from '../host.ts';
import { withNixConf } from './nix-settings.ts';
import { spawnCommand } from './spawn-command.ts';
import type { LocalCommand } from './spawn-command.ts';

const STATE_DIR = '/nix/var/nix';

/** Where this machine's daemon listens (protocol §2). */
export function daemonSocketPath(environment: NodeJS.ProcessEnv): string {
  const { NIX_DAEMON_SOCKET_PATH: socket, NIX_STATE_DIR: stateDir = STATE_DIR } = environment;
  return socket ?? join(stateDir, 'daemon-socket/socket');
}

/**
 * This machine as a builder. Its daemon is reached by the socket; where none answers, as on single-user installations,
 * `nix-daemon --stdio` opens the store itself.
 *
 * @param socketPath the only socket to use; undefined: the usual one or a process
 * @param nixConf lines of nix.conf for processes; a daemon that runs already keeps its own
 */
export function openLocalHost(name: string, socketPath: string | undefined, nixConf = ''): BuilderHost {
  let end: (reason: undefined) => void = () => {};
  const running = new Set<Duplex>();
  const start = async (words: readonly string[]): Promise<LocalCommand> => {
    const command = await spawnCommand(words, withNixConf(nixConf));
    running.add(command.stream);
    command.stream.once('close', () => running.delete(command.stream));
    return command;
  };
  return {
    lost: new Promise((resolve) => {
      end = resolve;
    }),
    close() {
      for (const stream of running) stream.destroy();
      end(undefined);
    },
    openCommand: start,
    async openDaemonChannel(): Promise<DaemonChannel> {
      const path = socketPath ?? daemonSocketPath(process.env);
      try {
        return { stream: await connectUnix(path), stderrTail: () => '', clientPid: () => process.pid };
      } catch (cause) {
        if (socketPath !== undefined) {
          throw new DispatchError('local', `no Nix daemon answers at ${socketPath}`, { host: name, cause });
        }
      }
      const { stream, stderrTail, pid } = await start(['nix-daemon', '--stdio']);
      return { stream, stderrTail, clientPid: () => pid };
    },
  };
}

function connectUnix(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}
