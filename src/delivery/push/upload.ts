import { closureInfos } from '../../dispatch/stores/closure.ts';
import type { Store } from '../../dispatch/stores/store.ts';
import { referencesFirst } from '../../dispatch/graph/copy-order.ts';
import { toDispatchError, DispatchError } from '../../errors.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';
import type { StorePath } from '../../nix/store-path.ts';

/** A cache compresses what it is given, one path after the other in each conversation. */
const UPLOADS_AT_ONCE = 4;
/** A cache that refused so many is not asked to take more. */
const MOST_FAILURES = 3;

/**
 * Makes paths, and everything they refer to, part of a binary cache, each after what it refers to. Bytes stream from one to the other; they
 * are checked on the way, since a cache takes whatever comes.
 *
 * @param prepare gives what is told of a path there, with signatures for instance
 * @throws DispatchError with the first thing that went wrong, when what did not depend on it is there
 */
export async function uploadClosure(
  from: Store,
  to: Store,
  paths: readonly StorePath[],
  prepare: (info: PathInfo) => PathInfo,
): Promise<void> {
  const absent = referencesFirst(await closureInfos(from, paths, (level) => to.hold(level)));
  const uploads = new Map<StorePath, Promise<void>>();
  const gate = createGate(UPLOADS_AT_ONCE);
  const failures: unknown[] = [];
  const upload = async (info: PathInfo): Promise<void> => {
    if (failures.length >= MOST_FAILURES) throw failures[0];
    try {
      await uploadPath(from, to, info, prepare);
    } catch (error) {
      failures.push(error);
      throw error;
    }
  };
  for (const info of absent) {
    const before = info.references.flatMap((path) => (path === info.path ? [] : (uploads.get(path) ?? [])));
    uploads.set(
      info.path,
      Promise.all(before).then(() => gate(() => upload(info))),
    );
  }
  await Promise.allSettled(uploads.values());
  if (failures.length > 0) throw failures[0];
}

async function uploadPath(
  from: Store,
  to: Store,
  info: PathInfo,
  prepare: (info: PathInfo) => PathInfo,
): Promise<void> {
  try {
    await to.use((receiver) =>
      from.use((sender) =>
        receiver.addToStoreNar({ ...prepare(info), ultimate: false }, sender.narFromPath(info.path, info), {
          dontCheckSignatures: true,
        }),
      ),
    );
  } catch (thrown) {
    const cause = toDispatchError(thrown, 'connection-lost');
    throw new DispatchError(cause.code, `${info.path}: ${cause.message}`, {
      host: cause.host,
      hint: cause.hint,
      cause,
    });
  }
  to.keep([info.path]);
  from.bytesSent += info.narSizeBytes;
}

/** Lets so many do their work at a time. */
function createGate(size: number): (work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let free = size;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
