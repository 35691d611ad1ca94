import type { Builder } from './builders/builder.ts';
import type { Credentials } from './builders/credentials.ts';
import type { RunnerCaches } from './delivery/caches/caches.ts';
import type { FleetMember } from './dispatch/fleet/seat.ts';
import { openSession } from './dispatch/fleet/open-session.ts';
import type { SharedSubstituters } from './dispatch/fleet/shared-substituters.ts';
import type { Store } from './dispatch/stores/store.ts';

/**
 * How the builders of a run are logged in to, and what they are told.
 *
 * @param shared caches that builders may fetch from besides their own; never rejects
 */
export function fleetMembers(
  builders: readonly Builder[],
  credentials: (builder: Builder) => Credentials,
  runner: Store,
  shared: Promise<RunnerCaches> | undefined,
  refused: SharedSubstituters['refused'],
): FleetMember[] {
  const withNotice = async (): Promise<SharedSubstituters | undefined> =>
    shared === undefined ? undefined : { ...(await shared), refused };
  return builders.map((builder) => ({
    name: builder.name,
    line: builder,
    open: async (id) => openSession(id, builder, credentials(builder), runner, await withNotice()),
  }));
}
