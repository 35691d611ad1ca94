import { setTimeout as sleep } from 'node:timers/promises';

import type { Builder } from '../../builders/builder.ts';
import {
  exposeBuilders,
  type ExposedBuilders,
  type ExposedStore,
} from '../../builders/expose/socket-store.ts';
import type { Credentials } from '../../builders/credentials.ts';
import { withBusyTime } from '../../dispatch/busy-time.ts';
import { createLogFolder } from '../../dispatch/attempt/build-log.ts';
import { createFleet, type Fleet } from '../../dispatch/fleet/fleet.ts';
import { openSession } from '../../dispatch/fleet/open-session.ts';
import { readDerivation } from '../../dispatch/read-derivation.ts';
import type { RunReport } from '../../report/run-report.ts';
import { createBuildBook } from '../observe/build-book.ts';
import { offered, placeFor, seatOf, type Place } from './place.ts';
import { createService, type ServiceOptions } from './service.ts';

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

/** Which builders are offered how, and who is told what. */
export interface GatewayOptions extends ServiceOptions {
  /** Those that are reached by SSH; at least one. */
  readonly builders: readonly Builder[];
  readonly credentials: (builder: Builder) => Credentials;
  readonly logDirectory: string;
  /** What builders run whose machine line names no system. */
  readonly defaultSystem: string;
  /** Something about a machine; untrusted text. */
  readonly say: (line: string) => void;
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

  const service = createService(book, logs, options);

  try {
    await fleet.connect(seating(places));
    exposed = await exposeBuilders({
      builders: places.map(offered),
      defaultSystem: options.defaultSystem,
      serve: (index, client) => service.serve(places[index], client),
    });
    for (const [name, why] of troubles) await exposed.setTrouble(name, why);
  } catch (error) {
    fleet.close();
    await exposed?.close().catch(() => undefined);
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
      await Promise.race([service.settled(), sleep(patienceMs)]);
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

/** Gives each builder that joins its place, and takes it away when it is lost. There is nothing to schedule here: clients choose. */
function seating(places: readonly Place[]): Parameters<Fleet['connect']>[0] {
  return {
    join(session) {
      const place = places[session.id];
      if (place === undefined) return Promise.resolve(false);
      place.seat = seatOf(session, place.greeting);
      // The login's own conversation would count as one more of the daemon's clients.
      void session.channels.acquire().then(
        (client) => client.close(),
        () => undefined,
      );
      return Promise.resolve(true);
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
  };
}
