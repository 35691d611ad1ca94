import { DispatchError, toDispatchError } from '../../errors.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';
import type { StorePath } from '../../nix/store-path.ts';
import { closureInfos } from './closure.ts';
import { referencesFirst } from '../graph/copy-order.ts';
import { sendPaths } from './send-paths.ts';
import type { Store } from './store.ts';

/**
 * Makes paths, and everything they refer to, valid on `to`, streaming from `from`; what is there or already on its way is not
 * sent again. Returns the bytes that were sent.
 *
 * @throws DispatchError naming the path and both hosts
 */
export async function copyClosure(from: Store, to: Store, paths: readonly StorePath[]): Promise<number> {
  const sent = await copyOnce(from, to, paths);
  if (typeof sent === 'number') return sent;
  // The fault is that of whoever was waited for: who waited has a try of its own, in which one of them sends for all.
  const again = await copyOnce(from, to, paths);
  if (typeof again === 'number') return again;
  throw toDispatchError(again.reason, 'connection-lost');
}

/** A copy of others that this one waited for came to nothing, so that it was not begun. */
interface OthersFailed {
  readonly reason: unknown;
}

async function copyOnce(from: Store, to: Store, paths: readonly StorePath[]): Promise<number | OthersFailed> {
  const absent = await closureInfos(from, paths, (level) => to.hold(level));

  // Decided and noted in one go, without waiting in between: so every batch waits only for batches that were noted before
  // it, and no two wait for each other.
  const others = absent.flatMap(({ path }) => to.incoming.get(path) ?? []);
  const mine = referencesFirst(absent.filter(({ path }) => !to.incoming.has(path)));
  const sending = sendAfter(others, from, to, mine);
  for (const { path } of mine) to.incoming.set(path, sending);
  try {
    await sending;
  } catch (reason) {
    const outcomes = await Promise.allSettled(others);
    if (outcomes.some(({ status }) => status === 'rejected')) return { reason };
    throw reason;
  } finally {
    for (const { path } of mine) to.incoming.delete(path);
  }
  return mine.reduce((total, { narSizeBytes }) => total + narSizeBytes, 0);
}

async function sendAfter(
  others: readonly Promise<void>[],
  from: Store,
  to: Store,
  infos: readonly PathInfo[],
): Promise<void> {
  await Promise.all(others);
  if (infos.length === 0) return;
  try {
    await to.use((receiver) =>
      from.use(async (sender) => {
        await sendPaths(sender, receiver, infos);
        // While the receiving connection is open its temporary roots hold; then the one that stays takes over.
        to.keep(infos.map(({ path }) => path));
      }),
    );
  } catch (error) {
    const cause = toDispatchError(error, 'connection-lost');
    // The receiver tells, but it is the sender whose bytes are not what it said.
    const isCorrupt = cause.code === 'daemon' && /\bhash mismatch importing path\b/.test(cause.message);
    const what = infos.length === 1 ? infos[0]?.path : `${infos.length} paths`;
    throw new DispatchError(
      isCorrupt ? 'corrupt' : cause.code,
      `copying ${what} from ${from.name} to ${to.name} failed: ${cause.message}`,
      { host: isCorrupt ? from.name : (cause.host ?? to.name), hint: cause.hint, cause },
    );
  }
  for (const { narSizeBytes } of infos) {
    from.bytesSent += narSizeBytes;
    to.bytesReceived += narSizeBytes;
  }
}
