import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';

/** What a delay proxy does. Up is from the client to the target. */
export interface DelayProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  readonly upDelayMs: number;
  readonly downDelayMs: number;
  /** Bytes per second of each direction of each connection. Default: no limit. */
  readonly upBytesPerSecond?: number;
  readonly downBytesPerSecond?: number;
  readonly listenHost?: string;
}

/** A TCP proxy that stands in for a far network. */
export interface DelayProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
}

// More than a fast link holds in flight at 100 ms, so that only the delay is felt.
const IN_FLIGHT_LIMIT_BYTES = 128 * 1024 ** 2;

/**
 * Forwards TCP with a delay in each direction. Every chunk is late by the same time: what is sent in one go arrives
 * in one go. A connection's first bytes wait for the round trip of the TCP handshake as well.
 */
export async function startDelayProxy(options: DelayProxyOptions): Promise<DelayProxy> {
  const { target, upDelayMs, downDelayMs } = options;
  const open = new Set<Socket>();
  let connections = 0;
  const track = (socket: Socket): Socket => {
    open.add(socket);
    socket.setNoDelay(true).once('close', () => open.delete(socket));
    return socket;
  };
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    connections += 1;
    track(client);
    client.once('error', () => client.destroy());
    setTimeout(() => {
      const upstream = track(connect({ ...target, allowHalfOpen: true }));
      upstream.once('error', () => upstream.destroy());
      passOnReset(client, upstream, upDelayMs);
      passOnReset(upstream, client, downDelayMs);
      upstream.once('connect', () => {
        forward(client, upstream, upDelayMs, options.upBytesPerSecond);
        forward(upstream, client, downDelayMs, options.downBytesPerSecond);
      });
    }, upDelayMs + downDelayMs);
  });
  server.listen(0, options.listenHost ?? '127.0.0.1');
  await once(server, 'listening');
  const { address, port } = addressOf(server.address());
  return {
    host: address,
    port,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** A connection that is refused or breaks on one side breaks on the other, after the delay. */
function passOnReset(from: Socket, to: Socket, delayMs: number): void {
  from.once('close', () => {
    if (!from.readableEnded) setTimeout(() => to.destroy(), delayMs);
  });
}

/** A chunk on its way, or the end of the stream. */
interface InFlight {
  readonly dueMs: number;
  readonly chunk: Buffer | undefined;
}

function forward(from: Socket, to: Socket, delayMs: number, bytesPerSecond = Infinity): void {
  const queue: InFlight[] = [];
  let queuedBytes = 0;
  let linkFreeMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let blocked = false;

  const deliver = (): void => {
    timer = undefined;
    if (to.destroyed) queue.length = 0;
    let head = queue[0];
    while (head !== undefined && !blocked && head.dueMs <= performance.now()) {
      queue.shift();
      if (head.chunk === undefined) {
        to.end();
      } else {
        queuedBytes -= head.chunk.length;
        blocked = !to.write(head.chunk);
      }
      head = queue[0];
    }
    if (queuedBytes < IN_FLIGHT_LIMIT_BYTES) from.resume();
    schedule();
  };
  const schedule = (): void => {
    const head = queue[0];
    if (head === undefined || blocked || timer !== undefined) return;
    timer = setTimeout(deliver, Math.max(0, Math.ceil(head.dueMs - performance.now())));
  };
  const enqueue = (chunk: Buffer | undefined): void => {
    const bytes = chunk?.length ?? 0;
    linkFreeMs = Math.max(linkFreeMs, performance.now()) + (bytes / bytesPerSecond) * 1000;
    queue.push({ dueMs: linkFreeMs + delayMs, chunk });
    queuedBytes += bytes;
    if (queuedBytes >= IN_FLIGHT_LIMIT_BYTES) from.pause();
    schedule();
  };

  from.on('data', enqueue);
  from.once('end', () => enqueue(undefined));
  to.on('drain', () => {
    blocked = false;
    deliver();
  });
  from.resume();
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new TypeError('expected a TCP address');
  return address;
}
