import type { Duplex } from 'node:stream';

import { hangUp, joinStreams } from '../../builders/expose/join-streams.ts';
import type { DaemonChannel } from '../../builders/host.ts';
import { createWireObserver, type WireListener } from '../../nix/observe/observer.ts';
import type { ChannelStock } from './channel-stock.ts';
import { matchBytes } from './match-bytes.ts';

/** One conversation between a client of this machine and a builder's daemon. */
export interface ServedClient {
  readonly channel: DaemonChannel;
  /** Which side ended it. */
  readonly ended: Promise<'client' | 'daemon'>;
}

/**
 * Gives a client of this machine a channel to the daemon, and passes every byte on unchanged. Where the channel has been greeted ahead
 * and the client says the same as was said there, it gets the same answer from here.
 *
 * @param listen makes who is told what passes, for that channel
 * @throws DispatchError that names the host, when there is no channel to be had
 */
export async function serveClient(
  client: Duplex,
  stock: ChannelStock,
  listen: (channel: DaemonChannel) => WireListener,
): Promise<ServedClient> {
  const { channel, greeting } = await stock.take();
  if (greeting === undefined) return join(client, channel, listen, Buffer.alloc(0), Buffer.alloc(0));
  const saidBefore: Uint8Array[] = [];
  const answered: Uint8Array[] = [];
  for (const [index, words] of greeting.client.entries()) {
    const match = await matchBytes(client, words);
    if (match.kind !== 'same') {
      stock.release(channel);
      const read = match.kind === 'other' ? match.read : Buffer.alloc(0);
      const said = Buffer.concat([...saidBefore, read]);
      return startAgain(client, await stock.open(), listen, said, Buffer.concat(answered));
    }
    const answer = greeting.daemon[index] ?? Buffer.alloc(0);
    client.write(answer);
    saidBefore.push(words);
    answered.push(answer);
  }
  return join(client, channel, listen, Buffer.concat(saidBefore), Buffer.concat(answered));
}

/** Another client than those before: the daemon hears it from the start, and what the client was told already is left out. */
async function startAgain(
  client: Duplex,
  channel: DaemonChannel,
  listen: (channel: DaemonChannel) => WireListener,
  said: Buffer,
  answered: Buffer,
): Promise<ServedClient> {
  channel.stream.write(said);
  const match = await matchBytes(channel.stream, answered);
  if (match.kind !== 'same') hangUp(channel.stream);
  return join(client, channel, listen, said, answered);
}

/** `said` and `answered` have passed already. */
function join(
  client: Duplex,
  channel: DaemonChannel,
  listen: (channel: DaemonChannel) => WireListener,
  said: Uint8Array,
  answered: Uint8Array,
): ServedClient {
  const observer = createWireObserver(listen(channel));
  observer.fromClient(said);
  observer.fromDaemon(answered);
  client.on('data', (chunk: Buffer) => observer.fromClient(chunk));
  channel.stream.on('data', (chunk: Buffer) => observer.fromDaemon(chunk));
  const ended = new Promise<'client' | 'daemon'>((resolve) => {
    client.once('end', () => resolve('client')).once('close', () => resolve('client'));
    channel.stream.once('end', () => resolve('daemon')).once('close', () => resolve('daemon'));
  });
  joinStreams(client, channel.stream);
  return { channel, ended };
}
