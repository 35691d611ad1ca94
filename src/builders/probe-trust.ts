import { DispatchError } from '../errors.ts';
import type { DaemonClient } from '../nix/client/daemon-client.ts';
import type { Trust } from '../nix/protocol/handshake.ts';

/**
 * Finds out whether a daemon trusts us that does not say so in its handshake (before Nix 2.15, protocol 1.35): those let only trusted
 * users add signatures (§9), so we add none at all to a path that anybody may add.
 *
 * @throws DispatchError when the conversation breaks
 */
export async function probeTrust(client: DaemonClient): Promise<Trust> {
  if (client.trust !== 'unknown') return client.trust;
  const { path } = await client.addToStore(
    { name: 'nix-dispatch-trust-probe', method: 'text:sha256', references: [] },
    [new TextEncoder().encode('Written to see whether this daemon trusts its user.\n')],
  );
  try {
    await client.addSignatures(path, []);
    return 'trusted';
  } catch (error) {
    if (error instanceof DispatchError && error.code === 'daemon') return 'not-trusted';
    throw error;
  }
}
