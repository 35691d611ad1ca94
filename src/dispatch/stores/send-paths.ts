import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';

/**
 * Streams paths from one daemon to another, references before what refers to them; nothing is held in memory.
 *
 * A daemon that doesn't trust us ignores `dontCheckSignatures` and takes what is content-addressed or signed with a key of its
 * own (protocol §9). The receiving daemon verifies every hash and size.
 */
export async function sendPaths(
  sender: DaemonClient,
  receiver: DaemonClient,
  infos: readonly PathInfo[],
): Promise<void> {
  const nars = sender.narsFromPaths(infos);
  // `ultimate` means "built here": true only for the store that built it.
  const items = infos.map((info, index) => ({ info: { ...info, ultimate: false }, nar: nars[index] ?? [] }));
  if (receiver.supportsAddMultipleToStore && items.length > 1) {
    await receiver.addMultipleToStore(items, { dontCheckSignatures: true });
    return;
  }
  // Written one behind the other without waiting for answers; a refusal of one makes those that refer to it fail too.
  await Promise.all(
    items.map(({ info, nar }) => receiver.addToStoreNar(info, nar, { dontCheckSignatures: true })),
  );
}
