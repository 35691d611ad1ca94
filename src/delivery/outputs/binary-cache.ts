import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { compression } from '../../compression.ts';
import { encodeNix32 } from '../../nix/hash/nix32.ts';
import { formatNarinfo, narinfoName } from '../../nix/narinfo.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';
import { DEFAULT_STORE_DIR, type StorePath } from '../../nix/store-path.ts';
import { createByteFeed } from './byte-feed.ts';

/** A binary cache in a folder, as Nix reads it by `file://`. */
export interface BinaryCache {
  /** Whether the NAR of a path is there. */
  has(path: StorePath): boolean;
  /** Paths that are there with everything that they refer to. */
  whole(): ReadonlySet<StorePath>;
  /** Begins the NAR of a path. */
  begin(info: PathInfo): NarFile;
  /** Makes known the paths that are whole, and removes what none of them needs. */
  close(): Promise<void>;
}

/** A NAR on its way into the cache. */
export interface NarFile {
  write(chunk: Uint8Array): Promise<void>;
  /** Call it when the bytes have turned out to be what the path info says. */
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

interface Held {
  readonly info: PathInfo;
  readonly url: string;
  readonly narinfo: string;
}

/**
 * Nothing is written before the first NAR is.
 *
 * @param folder of the cache
 * @param partial where files grow, on the same disk
 */
export function createBinaryCache(folder: string, partial: string): BinaryCache {
  const held = new Map<StorePath, Held>();

  return {
    has: (path) => held.has(path),
    begin(info) {
      // By the hash of what is in it, which is known beforehand; equal contents share a file.
      const name = `${encodeNix32(Buffer.from(info.narHash, 'hex'))}.nar.${compression.ending}`;
      const url = `nar/${name}`;
      const feed = createByteFeed(join(folder, url), join(partial, name));
      return {
        write: (chunk) => feed.write(chunk),
        async finish() {
          const file = await feed.finish();
          const narinfo = formatNarinfo(info, { url, compression: compression.name, ...file });
          held.set(info.path, { info, url, narinfo });
        },
        abandon: () => feed.abandon(),
      };
    },
    whole: () => wholeClosures(held),
    async close() {
      const whole = wholeClosures(held);
      const known = [...held.values()].filter(({ info }) => whole.has(info.path));
      const needed = new Set(known.map(({ url }) => url));
      for (const { url } of held.values()) {
        if (!needed.has(url)) await rm(join(folder, url), { force: true });
      }
      if (known.length === 0) return;
      await writeFile(join(folder, 'nix-cache-info'), `StoreDir: ${DEFAULT_STORE_DIR}\n`);
      for (const { info, narinfo } of known) {
        await writeFile(join(folder, narinfoName(info.path)), narinfo);
      }
    },
  };
}

/** Nix takes it that what a cache has, it has with all references. */
function wholeClosures(held: ReadonlyMap<StorePath, Held>): ReadonlySet<StorePath> {
  const whole = new Set(held.keys());
  for (let before = -1; before !== whole.size;) {
    before = whole.size;
    for (const { info } of held.values()) {
      if (info.references.some((path) => !whole.has(path))) whole.delete(info.path);
    }
  }
  return whole;
}
