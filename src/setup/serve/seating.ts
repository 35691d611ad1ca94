import type { Fleet } from '../../dispatch/fleet/fleet.ts';
import { seatOf, type Place } from './place.ts';

/** Gives each builder that joins its place, and takes it away when it is lost. There is nothing to schedule here: clients choose. */
export function seating(places: readonly Place[]): Parameters<Fleet['connect']>[0] {
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
