import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { spawnCommand } from '../../../../src/builders/local/spawn-command.ts';

it('passes on all that goes in and comes out, however slowly it is read', async () => {
  const { stream, exited } = await spawnCommand(['cat']);
  const sent = Buffer.alloc(4 * 1024 * 1024, 'abcdefg');
  stream.end(sent);
  // Longer than it takes to fill the pipes.
  await sleep(50);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  expect(await exited).toBe(0);
});

it('gives what a process printed that left its input unread, whose rest is dropped', async () => {
  const { stream, exited } = await spawnCommand(['sh', '-c', 'exec 0<&-; echo all of it; exit 3']);
  await exited;
  stream.write(Buffer.alloc(1024 * 1024));
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'close');
  expect(Buffer.concat(chunks).toString()).toBe('all of it\n');
  expect(await exited).toBe(3);
});

it('ends with the process, also if nobody has ended its input', async () => {
  const { stream } = await spawnCommand(['sh', '-c', 'read line; exit']);
  stream.resume();
  stream.write('line\n');
  await once(stream, 'close');
  expect(stream.readableEnded && stream.writableFinished).toBe(true);
});

it('ends when what the process says on stderr has been read', async () => {
  const { stream, stderrTail } = await spawnCommand([
    'sh',
    '-c',
    'exec 1>&-; sleep 0.05; echo why >&2; exit 1',
  ]);
  stream.resume();
  await once(stream, 'end');
  expect(stderrTail()).toBe('why\n');
});

it('does not wait for what a process has left behind with its stderr', async () => {
  const { stream, exited } = await spawnCommand(['sh', '-c', 'sleep 6 0<&- 1>&- & exit 0']);
  stream.resume();
  const first = await Promise.race([once(stream, 'end').then(() => 'end'), exited.then(() => 'exit')]);
  expect(first).toBe('end');
}, 20_000);
