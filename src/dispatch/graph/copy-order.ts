import type { StorePath } from '../../nix/store-path.ts';

/** What ordering needs of a path. */
export interface Referring {
  readonly path: StorePath;
  readonly references: readonly StorePath[];
}

/** Sorts paths so that what a path refers to stands before it; references to paths outside the list don't matter. */
export function referencesFirst<T extends Referring>(infos: readonly T[]): T[] {
  const byPath = new Map(infos.map((info) => [info.path, info]));
  const ordered: T[] = [];
  const entered = new Set<StorePath>();
  for (const info of infos) {
    const stack: { readonly info: T; readonly left: boolean }[] = [{ info, left: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (top.left) {
        ordered.push(top.info);
        continue;
      }
      if (entered.has(top.info.path)) continue;
      entered.add(top.info.path);
      stack.push({ info: top.info, left: true });
      for (const reference of top.info.references) {
        const below = byPath.get(reference);
        if (below !== undefined && !entered.has(reference)) stack.push({ info: below, left: false });
      }
    }
  }
  return ordered;
}
