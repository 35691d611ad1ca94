import { DispatchError } from '../../errors.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';
import type { StorePath } from '../../nix/store-path.ts';
import type { Store } from './store.ts';

/** More than any closure holds: a store that names ever new references would never come to an end. */
const MOST_PATHS = 200_000;

/**
 * What a store knows of paths and of everything that they refer to, level by level.
 *
 * @param without tells which paths of a level are not wanted; below them nothing is asked
 * @throws DispatchError when a path is not valid there
 */
export async function closureInfos(
  store: Store,
  paths: readonly StorePath[],
  without: (level: readonly StorePath[]) => Promise<ReadonlySet<StorePath>>,
): Promise<PathInfo[]> {
  const wanted = new Map<StorePath, PathInfo>();
  const seen = new Set<StorePath>(paths);
  let level = [...seen];
  while (level.length > 0) {
    const unwanted = await without(level);
    const infos = await store.infos(level.filter((path) => !unwanted.has(path)));
    level = [];
    for (const info of infos) {
      wanted.set(info.path, info);
      for (const reference of info.references) {
        if (seen.has(reference)) continue;
        if (seen.size >= MOST_PATHS) {
          throw new DispatchError('protocol', `${info.path} refers to more than ${MOST_PATHS} paths`, {
            host: store.name,
          });
        }
        seen.add(reference);
        level.push(reference);
      }
    }
  }
  return [...wanted.values()];
}
