import { hangUp } from '../../builders/expose/join-streams.ts';
import type { DaemonChannel } from '../../builders/host.ts';

/** The channels to one builder's daemon that are open, whoever uses them. */
export interface OpenChannels {
  /** Throws DispatchError that names the host. */
  open(): Promise<DaemonChannel>;
  /** Takes one back when it is over, or of no use. */
  release(channel: DaemonChannel): void;
  /** Oldest first. */
  readonly all: readonly DaemonChannel[];
  /** Takes all back, and each that is still being opened. */
  close(): void;
}

/**
 * @param openChannel opens one. Rejects with a DispatchError that names the host
 * @param ended is told of each that is not open any more
 */
export function createOpenChannels(
  openChannel: () => Promise<DaemonChannel>,
  ended: (channel: DaemonChannel) => void,
): OpenChannels {
  const all = new Set<DaemonChannel>();
  let isClosed = false;

  const release = (channel: DaemonChannel): void => {
    all.delete(channel);
    hangUp(channel.stream);
  };

  return {
    async open() {
      const channel = await openChannel();
      const { stream } = channel;
      // Several of ours listen for its end, as Node's own pipelines do.
      stream.setMaxListeners(30);
      all.add(channel);
      // Whoever uses it sees its end; until then its errors concern nobody.
      stream.on('error', () => {});
      stream.once('close', () => {
        release(channel);
        ended(channel);
      });
      if (isClosed) release(channel);
      return channel;
    },
    release,
    get all() {
      return [...all];
    },
    close() {
      isClosed = true;
      for (const channel of all) release(channel);
    },
  };
}
