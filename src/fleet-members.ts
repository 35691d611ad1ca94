import type { Builder } from './builders/builder.ts';
import type { Credentials } from './builders/credentials.ts';
import { readNixSettings } from './builders/local/nix-settings.ts';
import type { FleetMember } from './dispatch/fleet.ts';
import { openSession } from './dispatch/open-session.ts';
import type { SharedSubstituters } from './dispatch/shared-substituters.ts';
import type { Store } from './dispatch/store.ts';
import type { Inputs } from './inputs/inputs.ts';
import { nixConfigText } from './inputs/nix-conf.ts';

/** How the builders of a run are logged in to, and what they are told. */
export function fleetMembers(
  inputs: Inputs,
  builders: readonly Builder[],
  credentials: (builder: Builder) => Credentials,
  runner: Store,
  refused: SharedSubstituters['refused'],
): FleetMember[] {
  const shared = inputs.sharesSubstituters ? ownSubstituters(inputs, refused) : Promise.resolve(undefined);
  return builders.map((builder) => ({
    name: builder.name,
    line: builder,
    open: async (id) => openSession(id, builder, credentials(builder), runner, await shared),
  }));
}

/** Those of this machine's Nix. */
async function ownSubstituters(
  inputs: Inputs,
  refused: SharedSubstituters['refused'],
): Promise<SharedSubstituters | undefined> {
  const settings = await readNixSettings(nixConfigText(inputs));
  if (settings === undefined) return undefined;
  return {
    substituters: settings.list('substituters'),
    keys: settings.list('trusted-public-keys'),
    refused,
  };
}
