import { connect } from 'node:net';
import type { Socket } from 'node:net';

/**
 * Connects to a host, trying its addresses in turn.
 *
 * @throws the error of the system, or one with the code ETIMEDOUT
 */
export function connectTcp(host: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(firstCause(error));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      gatherWrites(socket);
      resolve(socket);
    });
  });
}

/**
 * Sends what is written in one turn together: ssh2 writes each packet in three pieces, which would be three system calls and,
 * without Nagle's algorithm, three segments.
 */
function gatherWrites(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isGathering = false;
  const uncork = (): void => {
    isGathering = false;
    socket.uncork();
  };
  socket.write = (...args: unknown[]) => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      process.nextTick(uncork);
    }
    return write(...args);
  };
}

/** Of several addresses tried, the first one's fault says the most. */
function firstCause(error: Error): Error {
  const [first]: unknown[] = error instanceof AggregateError ? error.errors : [];
  return first instanceof Error ? first : error;
}
