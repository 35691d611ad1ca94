import type { ClientChannel } from 'ssh2';
import type { SshConnection } from './connection.ts';
import { findServerPid } from './server-pid.ts';

/** A unix socket of the host. */
export interface ForwardedSocket {
  readonly channel: ClientChannel;
  /** The process of sshd that is its client there, once that is known. */
  readonly serverPid: () => number | undefined;
}

/** Sockets of a host, forwarded over one connection: sshd counts them as no sessions. */
export interface ForwardedSockets {
  /** Rejects with the refusal where it is not there or may not be forwarded, and when the connection is gone. */
  open(socketPath: string): Promise<ForwardedSocket>;
}

/** Asks for the process of sshd, which is the same for all of them, when the first is open. */
export function forwardSockets(connection: SshConnection): ForwardedSockets {
  let asked = false;
  let serverPid: number | undefined;

  return {
    async open(socketPath) {
      const channel = await connection.openSocket(socketPath);
      if (!asked) {
        asked = true;
        void findServerPid((command) => connection.exec(command)).then((pid) => {
          serverPid = pid;
        });
      }
      return { channel, serverPid: () => serverPid };
    },
  };
}
