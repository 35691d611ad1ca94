import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Builder } from '../builders/builder.ts';
import { exposeBuilders, type ExposedBuilders, type ExposedStore } from '../builders/expose/socket-store.ts';
import type { Credentials } from '../builders/credentials.ts';
import { withBusyTime } from '../dispatch/busy-time.ts';
import { createLogFolder } from '../dispatch/attempt/build-log.ts';
import { createFleet } from '../dispatch/fleet/fleet.ts';
import { openSession } from '../dispatch/fleet/open-session.ts';
import { readDerivation } from '../dispatch/read-derivation.ts';
import { DispatchError } from '../errors.ts';
import type { RunReport } from '../report/run-report.ts';
import { createBuildBook } from './build-book.ts';
import { observeBuilds, type BuildObserver } from './observe-builds.ts';
import { offered, placeFor, seatOf, type Place } from './place.ts';
import { serveClient } from './serve-client.ts';

/** Builders that are logged in to and offered to Nix on this machine, and a book of what they do. */
export interface Gateway {
  readonly exposed: ExposedBuilders;
  /** Stores of the builders that can be reached now. */
  readonly reachable: readonly ExposedStore[];
  /** Ends every conversation; builds that run come to nothing. Never rejects. */
  hangUp(): Promise<void>;
  /** What was seen so far. Never rejects. */
  report(): Promise<Pick<RunReport, 'builds' | 'builders'>>;
  /** Ends every conversation and connection, and takes the sockets away. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** Those that are reached by SSH; at least one. */
  readonly builders: readonly Builder[];
  readonly credentials: (builder: Builder) => Credentials;
  readonly logDirectory: string;
  /** What builders run whose machine line names no system. */
  readonly defaultSystem: string;
  /** Something about a machine; untrusted text. */
  readonly say: (line: string) => void;
  /** A conversation could not be followed to its end. */
  readonly lostTrack: (builder: string, reason: string) => void;
  /** Called when a client comes, and when it has gone. */
  readonly used: () => void;
}

/** Who waits for a builder that doesn't answer is not waited for. */
const patienceMs = 1000;
/** What only a lost builder has is nobody's concern here: Nix asks again. */
const graceMs = 60_000;

/**
 * Logs in to all builders and offers them.
 *
 * @throws DispatchError when not one of them can be used
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { builders, credentials, say } = options;
  const places = builders.map(placeFor);
  const book = createBuildBook();
  const logs = createLogFolder(options.logDirectory);
  const serving = new Set<Promise<void>>();
  let exposed: ExposedBuilders | undefined;

  /** What is wrong with builders that can't be reached, by their names. */
  const troubles = new Map<string, string>();
  const tell = (name: string, why: string | undefined): void => {
    if (why === undefined) troubles.delete(name);
    else troubles.set(name, `builder ${name}: ${why}`);
    void exposed?.setTrouble(name, troubles.get(name)).catch(() => undefined);
  };

  const fleet = createFleet(
    builders.map((builder) => ({
      name: builder.name,
      line: builder,
      open: (id) => openSession(id, builder, credentials(builder), undefined),
    })),
    {
      // Whatever comes back while the job runs is of use.
      reconnectMs: Number.POSITIVE_INFINITY,
      graceMs,
      changed: () => {},
      observer: {
        buildStarted: () => {},
        buildEnded: () => {},
        buildFinished: () => {},
        logLine: () => {},
        phase: () => {},
        gaveUp: () => {},
        builderJoined(name, detail) {
          say(`${name}: ${detail}`);
          tell(name, undefined);
        },
        builderTrouble(name, message) {
          say(`${name}: ${message}`);
          tell(name, message);
        },
      },
    },
  );

  const serve = async (place: Place | undefined, client: Socket): Promise<void> => {
    const seat = place?.seat;
    if (place === undefined || seat === undefined) {
      throw new DispatchError('unreachable', 'the builder is not connected');
    }
    const { name } = place.builder;
    const { meter, stock, session, clients } = seat;
    options.used();
    clients.add(client);
    client.once('close', () => {
      clients.delete(client);
      options.used();
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
        onLost: (reason) => options.lostTrack(name, reason),
      };
    });
    client.on('data', (chunk: Buffer) => (session.store.bytesReceived += chunk.length));
    channel.stream.on('data', (chunk: Buffer) => (session.store.bytesSent += chunk.length));
    const by = await ended;
    stock.release(channel);
    watched?.hungUp(by);
  };

  try {
    await fleet.connect({
      join(session) {
        const place = places[session.id];
        if (place === undefined) return;
        place.seat = seatOf(session, place.greeting);
        // The login's own conversation would count as one more of the daemon's clients.
        void session.channels.acquire().then(
          (client) => client.close(),
          () => undefined,
        );
      },
      lose(id) {
        const place = places[id];
        place?.seat?.stock.close();
        // A channel of a connection that is gone may never say that it has ended.
        for (const client of place?.seat?.clients ?? []) client.destroy();
        if (place !== undefined) place.seat = undefined;
        return { builds: 0, seconds: 0 };
      },
      overdue: () => {},
      resize: () => {},
      buildersComplete: () => {},
    });
    exposed = await exposeBuilders({
      builders: places.map(offered),
      defaultSystem: options.defaultSystem,
      serve: (index, client) => {
        const serves = serve(places[index], client);
        serving.add(serves);
        void serves.catch(() => undefined).finally(() => serving.delete(serves));
        return serves;
      },
    });
    for (const [name, why] of troubles) await exposed.setTrouble(name, why);
  } catch (error) {
    fleet.close();
    throw error;
  }

  const gateway = exposed;
  return {
    exposed: gateway,
    get reachable() {
      const there = new Set(
        places.flatMap(({ seat, builder }) => (seat === undefined ? [] : [builder.name])),
      );
      return gateway.stores.filter(({ name }) => there.has(name));
    },
    async hangUp() {
      for (const { seat } of places) for (const client of seat?.clients ?? []) client.destroy();
      await Promise.race([Promise.allSettled(serving), sleep(patienceMs)]);
    },
    async report() {
      const builds = await book.reports((drvPath) => readDerivation(drvPath));
      return { builds, builders: fleet.reports().map(withBusyTime(builds)) };
    },
    async close() {
      fleet.close();
      for (const { seat } of places) seat?.stock.close();
      await gateway.close();
    },
  };
}
