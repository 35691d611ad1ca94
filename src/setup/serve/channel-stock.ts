import { hangUp } from '../../builders/expose/join-streams.ts';
import type { DaemonChannel } from '../../builders/host.ts';
import type { Transcript } from '../../nix/observe/transcript.ts';
import { matchBytes } from './match-bytes.ts';
import { createOpenChannels } from './open-channels.ts';

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
  const channels = createOpenChannels(openChannel, (ended) => {
    const index = ready.findIndex(({ channel }) => channel === ended);
    if (index >= 0) ready.splice(index, 1);
  });
  let greeting = known;
  let preparing = 0;
  let isClosed = false;

  const prepare = async (): Promise<StockedChannel> => {
    const channel = await channels.open();
    const words = greeting;
    if (words === undefined) return { channel, greeting: undefined };
    if (await greetAhead(channel, words)) return { channel, greeting: words };
    // Another daemon than it was, or none: the next client's greeting tells.
    channels.release(channel);
    if (greeting === words) greeting = undefined;
    return { channel: await channels.open(), greeting: undefined };
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
    open: () => channels.open(),
    release: (channel) => channels.release(channel),
    learn(words) {
      if (greeting !== undefined || words.client.length !== words.daemon.length) return;
      greeting = words;
      for (const { channel } of ready.splice(0)) channels.release(channel);
      fill();
    },
    get greeting() {
      return greeting;
    },
    get channels() {
      return channels.all;
    },
    close() {
      isClosed = true;
      channels.close();
    },
  };
}

/** A daemon that greets for longer than this is greeted anew. */
const answerMs = 20_000;

/** Says what the client before said; whether the daemon answers as it did then. */
async function greetAhead({ stream }: DaemonChannel, words: Transcript): Promise<boolean> {
  stream.write(Buffer.concat(words.client));
  const late = setTimeout(() => hangUp(stream), answerMs);
  const answer = await matchBytes(stream, Buffer.concat(words.daemon));
  clearTimeout(late);
  return answer.kind === 'same';
}
