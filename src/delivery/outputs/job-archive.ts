import { createOutputTar, type Omissions, type OutputTar } from './output-tar.ts';

/** A job's archive while its outputs are read one after the other. */
export interface JobArchive {
  /** Reads the next output into it, and whatever else `feed` does with the bytes. The last one makes it whole. */
  add(root: string, feed: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>): Promise<void>;
  /** No more outputs come: what is not whole goes. */
  close(): Promise<void>;
}

/**
 * Without all outputs there is no archive.
 *
 * @param count of outputs
 * @param whole called once it is, with what could not be in it
 */
export function createJobArchive(
  path: string,
  partialPath: string,
  count: number,
  whole: (omitted: Omissions) => void,
): JobArchive {
  let tar: OutputTar | undefined;
  let left = count;
  let isBroken = false;
  return {
    async add(root, feed) {
      tar ??= createOutputTar(path, partialPath);
      const open = tar;
      try {
        open.begin(root);
        await feed((chunk) => (isBroken ? Promise.resolve() : open.write(chunk)));
        left -= 1;
        if (left > 0 || isBroken) return;
        whole(await open.finish());
      } catch (error) {
        isBroken = true;
        await open.abandon();
        throw error;
      }
    },
    async close() {
      if (left > 0) await tar?.abandon();
    },
  };
}
