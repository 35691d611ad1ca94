import type { Duplex } from 'node:stream';
import { DispatchError } from '../../errors.ts';
import type { SshConnection } from './connection.ts';
import { loginError } from './login-errors.ts';
import type { SshLogin } from './login.ts';
import { connectTcp } from './tcp.ts';

/** What an SSH connection runs over: a socket, or a channel of the connection to a jump host. */
export interface Transport {
  readonly stream: Duplex;
  /** Bytes that have come so far. */
  bytesRead(): number;
}

/**
 * Opens the way to a host: by TCP, or through the host before it.
 *
 * @param connect logs in to that one
 * @throws DispatchError `unreachable`, or what the login to the jump host throws
 */
export async function openTransport(
  login: SshLogin,
  connect: (via: SshLogin) => Promise<SshConnection>,
): Promise<Transport> {
  if (login.via !== undefined) return openJump(login, login.via, connect);
  const socket = await connectTcp(login.host, login.port, login.connectTimeoutMs).catch((error: unknown) => {
    throw loginError(login, error);
  });
  return { stream: socket, bytesRead: () => socket.bytesRead };
}

async function openJump(
  login: SshLogin,
  via: SshLogin,
  connect: (via: SshLogin) => Promise<SshConnection>,
): Promise<Transport> {
  const jump = await connect(via);
  let bytes = 0;
  try {
    const stream = await jump.openTcp(login.host, login.port);
    stream.prependListener('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    // ssh2 reads it only once it listens itself.
    stream.pause();
    stream.once('close', () => jump.close());
    void jump.closed.then(() => stream.destroy());
    return { stream, bytesRead: () => bytes };
  } catch (cause) {
    jump.close();
    const why = cause instanceof Error ? cause.message.replace(/^\(SSH\) Channel open failure: /, '') : '';
    throw new DispatchError(
      'unreachable',
      `${via.host} cannot reach ${login.host} port ${login.port}: ${why}`,
      {
        host: login.name,
        hint: 'Is the host up, and does sshd of the jump host allow forwarding (AllowTcpForwarding)?',
        cause,
      },
    );
  }
}
