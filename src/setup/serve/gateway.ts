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
import { offered, placeFor } from './place.ts';
import { seating } from './seating.ts';
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
  const places = options.builders.map(placeFor);
  const book = createBuildBook();
  const service = createService(book, createLogFolder(options.logDirectory), options);
  const troubles = createTroubles();
  const fleet = createPlacesFleet(options, (name, why) => troubles.set(name, why));
  let exposed: ExposedBuilders | undefined;
  try {
    await fleet.connect(seating(places));
    exposed = await exposeBuilders({
      builders: places.map(offered),
      defaultSystem: options.defaultSystem,
      serve: (index, client) => service.serve(places[index], client),
    });
    await troubles.passTo(exposed);
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

/** Logs in to each builder, for as long as the job runs. */
function createPlacesFleet(
  { builders, credentials, say }: GatewayOptions,
  setTrouble: (name: string, why: string | undefined) => void,
): Fleet {
  const members = builders.map((builder) => ({
    name: builder.name,
    line: builder,
    open: (id: number) => openSession(id, builder, credentials(builder), undefined),
  }));
  return createFleet(members, {
    // Whatever comes back while the job runs is of use.
    reconnectMs: Number.POSITIVE_INFINITY,
    graceMs,
    changed: () => {},
    observer: {
      builderJoined(name, detail) {
        say(`${name}: ${detail}`);
        setTrouble(name, undefined);
      },
      builderTrouble(name, message) {
        say(`${name}: ${message}`);
        setTrouble(name, message);
      },
    },
  });
}

/** What is wrong with builders that can't be reached; their sockets say it to clients as soon as there are any. */
function createTroubles() {
  const troubles = new Map<string, string>();
  let exposed: ExposedBuilders | undefined;
  return {
    /** @param why undefined: nothing any more */
    set(name: string, why: string | undefined): void {
      if (why === undefined) troubles.delete(name);
      else troubles.set(name, `builder ${name}: ${why}`);
      void exposed?.setTrouble(name, troubles.get(name)).catch(() => undefined);
    },
    async passTo(builders: ExposedBuilders): Promise<void> {
      exposed = builders;
      for (const [name, why] of troubles) await builders.setTrouble(name, why);
    },
  };
}
