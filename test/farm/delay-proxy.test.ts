import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { startDelayProxy } from '../support/delay-proxy.ts';
import { startDelayProxyProcess } from '../support/delay-proxy-process.ts';

const SECOND_MS = 1000;

test('a round trip takes both delays, and many at once take no longer', async () => {
  await using server = await startServer((socket) => socket.pipe(socket));
  await using proxy = await startDelayProxy({ target: server, upDelayMs: 20, downDelayMs: 30 });
  const socket = connect(proxy.port, proxy.host);
  await echo(socket, 'a');
  expect(await echo(socket, 'b')).toSatisfy(between(50, 500));
  const pipelined = await timeMs(() =>
    echoes(
      socket,
      Array.from({ length: 50 }, (_, index) => `${index};`),
    ),
  );
  expect(pipelined).toSatisfy(between(50, 1000));
  socket.destroy();
});

test('the first answer waits for the handshake too', async () => {
  await using server = await startServer((socket) => socket.write('banner'));
  await using proxy = await startDelayProxy({ target: server, upDelayMs: 20, downDelayMs: 20 });
  const elapsed = await timeMs(async () => once(connect(proxy.port, proxy.host), 'data'));
  expect(elapsed).toSatisfy(between(60, 500));
});

test('delay costs no throughput, order or byte', async () => {
  const block = Buffer.from(Uint8Array.from({ length: 1 << 20 }, (_, index) => index % 251));
  const blocks = 64;
  await using server = await startServer((socket) => {
    for (let index = 0; index < blocks; index++) socket.write(block);
    socket.end();
  });
  await using proxy = await startDelayProxyProcess({ target: server, upDelayMs: 50, downDelayMs: 50 });
  const received: Buffer[] = [];
  const elapsed = await timeMs(async () => {
    const socket = connect(proxy.port, proxy.host);
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    await once(socket, 'end');
    socket.destroy();
  });
  expect(Buffer.concat(received).equals(Buffer.concat(Array.from({ length: blocks }, () => block)))).toBe(
    true,
  );
  expect(elapsed).toBeLessThan(2 * SECOND_MS);
});

test('a bandwidth limit holds', async () => {
  await using server = await startServer((socket) => socket.end(Buffer.alloc(500_000)));
  const target = { target: server, upDelayMs: 0, downDelayMs: 0, downBytesPerSecond: 1_000_000 };
  await using proxy = await startDelayProxy(target);
  const elapsed = await timeMs(async () => {
    const socket = connect(proxy.port, proxy.host).resume();
    await once(socket, 'end');
  });
  expect(elapsed).toSatisfy(between(490, 2000));
});

test('a refused port closes the connection', async () => {
  const gone = await startServer(() => {});
  await gone[Symbol.asyncDispose]();
  await using proxy = await startDelayProxy({ target: gone, upDelayMs: 5, downDelayMs: 5 });
  const socket = connect(proxy.port, proxy.host).resume();
  expect(await once(socket, 'close')).toBeDefined();
});

const between = (least: number, most: number) => (value: number) => value >= least && value <= most;

async function timeMs(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

const echo = (socket: Socket, text: string): Promise<number> => timeMs(() => echoes(socket, [text]));

async function echoes(socket: Socket, texts: readonly string[]): Promise<void> {
  for (const text of texts) socket.write(text);
  let missing = texts.join('');
  while (missing !== '') {
    const [chunk]: Buffer[] = await once(socket, 'data');
    expect(missing.startsWith(String(chunk))).toBe(true);
    missing = missing.slice(String(chunk).length);
  }
}

async function startServer(
  serve: (socket: Socket) => unknown,
): Promise<AsyncDisposable & { readonly host: string; readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    serve(socket.on('error', () => {}));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
