import type { Socket } from 'node:net';

import type { LogFolder } from '../../dispatch/attempt/build-log.ts';
import { DispatchError } from '../../errors.ts';
import type { BuildBook } from '../observe/build-book.ts';
import { observeBuilds, type BuildObserver } from '../observe/observe-builds.ts';
import type { Place } from './place.ts';
import { serveClient } from './serve-client.ts';

/** Who is told of clients. */
export interface ServiceOptions {
  /** A conversation could not be followed to its end. */
  readonly lostTrack: (builder: string, reason: string) => void;
  /** Called when a client comes, and when it has gone. */
  readonly used: () => void;
}

/** Clients of this machine at builders that are logged in to. */
export interface Service {
  /**
   * Serves one client to its end.
   *
   * @throws DispatchError `unreachable` while the builder is lost, or what opening a channel to it throws
   */
  serve(place: Place | undefined, client: Socket): Promise<void>;
  /** Resolves when nobody who is being served now is served any more. Never rejects. */
  settled(): Promise<unknown>;
}

/**
 * Serves clients, and enters into the book what they have built.
 *
 * @param logs where the output of builds goes
 */
export function createService(
  book: BuildBook,
  logs: LogFolder,
  { lostTrack, used }: ServiceOptions,
): Service {
  const serving = new Set<Promise<void>>();

  const converse = async (place: Place | undefined, client: Socket): Promise<void> => {
    const seat = place?.seat;
    if (place === undefined || seat === undefined) {
      throw new DispatchError('unreachable', 'the builder is not connected');
    }
    const { name } = place.builder;
    const { meter, stock, session, clients } = seat;
    used();
    clients.add(client);
    client.once('close', () => {
      clients.delete(client);
      used();
    });
    let watched: BuildObserver | undefined;
    const { channel, ended } = await serveClient(client, stock, (opened) => {
      watched = observeBuilds({
        builder: name,
        logs,
        slots: place.slots,
        measure: meter && (() => meter.begin(opened)),
        seen: (build) => book.enter(build),
      });
      return {
        ...watched,
        onGreeted(_version, greeting) {
          stock.learn(greeting);
          place.greeting = stock.greeting;
        },
        onPathInfo: (path, narSizeBytes) => book.sized(path, narSizeBytes),
        onLost: (reason) => lostTrack(name, reason),
      };
    });
    client.on('data', (chunk: Buffer) => (session.store.bytesReceived += chunk.length));
    channel.stream.on('data', (chunk: Buffer) => (session.store.bytesSent += chunk.length));
    const by = await ended;
    stock.release(channel);
    watched?.hungUp(by);
  };

  return {
    serve(place, client) {
      const conversation = converse(place, client);
      serving.add(conversation);
      void conversation.catch(() => undefined).finally(() => serving.delete(conversation));
      return conversation;
    },
    settled: () => Promise.allSettled(serving),
  };
}
