import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { deserialize, serialize } from 'node:v8';

import { DispatchError } from '../../errors.ts';
import type { Farewell } from './messages.ts';

/** A process that says nothing for longer than this will not. */
const patienceMs = 120_000;
/** Said by whoever wants the background process to end. */
const FINISH = 'finish\n';

/**
 * Listens for the end of the job. The answer is sent in full before anything else happens; then `after` is called.
 *
 * @param farewell called once
 */
export async function listenForEnd(
  path: string,
  farewell: () => Promise<Farewell>,
  after: () => void,
): Promise<Server> {
  let answer: Promise<Farewell> | undefined;
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    client.setEncoding('utf8').on('data', (text) => {
      if (String(text) !== FINISH) return void client.destroy();
      answer ??= farewell();
      answer.then(
        (words) => client.end(serialize(words), after),
        () => {
          client.destroy();
          after();
        },
      );
    });
  });
  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o600);
  return server;
}

/**
 * Tells the background process to end.
 *
 * @throws DispatchError `local` when it is not there any more
 */
export async function askToEnd(path: string): Promise<Farewell> {
  const socket = connect(path);
  socket.setTimeout(patienceMs, () => socket.destroy());
  const chunks: Buffer[] = [];
  try {
    await once(socket, 'connect');
    socket.write(FINISH);
    for await (const chunk of socket) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  } catch (cause) {
    throw gone(cause);
  }
  if (chunks.length === 0) throw gone(undefined);
  const words: Farewell = deserialize(Buffer.concat(chunks));
  return words;
}

function gone(cause: unknown): DispatchError {
  return new DispatchError(
    'local',
    'the background process of mode setup is not there any more, so nothing is known of what was built',
    { hint: 'Somebody may have ended it, or the machine ran out of memory.', cause },
  );
}
