import { hangUp } from '../../builders/expose/join-streams.ts';
import type { DaemonChannel } from '../../builders/host.ts';
import type { Transcript } from '../../nix/observe/transcript.ts';
import { matchBytes } from './match-bytes.ts';

/** A channel to a builder's daemon, and what was said on it already. */
export interface StockedChannel {
  readonly channel: DaemonChannel;
  /** The greeting that it has behind it; undefined: nothing was said. */
  readonly greeting: Transcript | undefined;
}

/**
 * Channels that wait for clients. Stock Nix opens one for every derivation, and waits for its greeting before it gives the next one away: each
 * round trip of that would be paid once a derivation, by all of them. So channels are opened ahead, and greeted ahead with what the
 * client before said.
 */
export interface ChannelStock {
  /** Throws DispatchError that names the host. */
  take(): Promise<StockedChannel>;
  /** One on which nothing was said. Throws DispatchError that names the host. */
  open(): Promise<DaemonChannel>;
  /** Takes it back when it is over, or of no use. */
  release(channel: DaemonChannel): void;
  /** What clients here say, and what the daemon answers. */
  learn(greeting: Transcript): void;
  readonly greeting: Transcript | undefined;
  /** Those that are open, oldest first, whoever uses them. */
  readonly channels: readonly DaemonChannel[];
  close(): void;
}

/** A daemon that greets for longer than this is greeted anew. */
const answerMs = 20_000;

/**
 * @param openChannel opens one. Rejects with a DispatchError that names the host
 * @param size how many wait at a time
 * @param known the greeting, where that has been learned before
 */
export function createChannelStock(
  openChannel: () => Promise<DaemonChannel>,
  size: number,
  known: Transcript | undefined,
): ChannelStock {
  const ready: StockedChannel[] = [];
  const open = new Set<DaemonChannel>();
  let greeting = known;
  let preparing = 0;
  let isClosed = false;

  const release = (channel: DaemonChannel): void => {
    open.delete(channel);
    hangUp(channel.stream);
  };

  const openOne = async (): Promise<DaemonChannel> => {
    const channel = await openChannel();
    const { stream } = channel;
    // Several of ours listen for its end, as Node's own pipelines do.
    stream.setMaxListeners(30);
    open.add(channel);
    // Whoever uses it sees its end; until then its errors concern nobody.
    stream.on('error', () => {});
    stream.once('close', () => {
      release(channel);
      const index = ready.findIndex((one) => one.channel === channel);
      if (index >= 0) ready.splice(index, 1);
    });
    if (isClosed) release(channel);
    return channel;
  };

  const prepare = async (): Promise<StockedChannel> => {
    const channel = await openOne();
    const words = greeting;
    if (words === undefined) return { channel, greeting: undefined };
    channel.stream.write(Buffer.concat(words.client));
    const late = setTimeout(() => release(channel), answerMs);
    const answer = await matchBytes(channel.stream, Buffer.concat(words.daemon));
    clearTimeout(late);
    if (answer.kind === 'same') return { channel, greeting: words };
    // Another daemon than it was, or none: the next client's greeting tells.
    release(channel);
    if (greeting === words) greeting = undefined;
    return { channel: await openOne(), greeting: undefined };
  };

  const fill = (): void => {
    if (isClosed) return;
    while (ready.length + preparing < size) {
      preparing += 1;
      prepare()
        .then(
          (one) => void (one.channel.stream.destroyed || ready.push(one)),
          // The client that needs one will be told.
          () => undefined,
        )
        .finally(() => (preparing -= 1));
    }
  };
  fill();

  return {
    async take() {
      const one = ready.shift();
      fill();
      return one ?? prepare();
    },
    open: openOne,
    release,
    learn(words) {
      if (greeting !== undefined || words.client.length !== words.daemon.length) return;
      greeting = words;
      for (const { channel } of ready.splice(0)) release(channel);
      fill();
    },
    get greeting() {
      return greeting;
    },
    get channels() {
      return [...open];
    },
    close() {
      isClosed = true;
      for (const channel of open) release(channel);
    },
  };
}
