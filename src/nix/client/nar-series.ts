import { openDownload, type NarDownload, type OpenDownload } from './nar-download.ts';

/** NARs asked for and not yet read hold no more than this together, but for the one that is being read. */
const AHEAD_BYTES = 4 * 1024 * 1024;
/** Nor more requests than this, whatever their size. */
const AHEAD_COUNT = 256;

/** One of a series; its size is needed to know how many may be asked for ahead. */
export type SeriesDownload = NarDownload & { readonly narSizeBytes: number };

/**
 * NARs of one daemon, to be read one after the other in this order. Small ones are asked for ahead, so that a thousand of them cost one
 * round trip and not a thousand; answers come in the order of the requests.
 */
export function downloadNarSeries(
  downloads: readonly SeriesDownload[],
): readonly AsyncIterable<Uint8Array>[] {
  const opened = new Map<number, OpenDownload>();
  let asked = 0;

  const open = (index: number): OpenDownload | undefined => {
    const known = opened.get(index);
    const download = downloads[index];
    if (known !== undefined || download === undefined) return known;
    const fresh = openDownload(download, download.narSizeBytes > AHEAD_BYTES);
    opened.set(index, fresh);
    return fresh;
  };

  /** Asks for this one, and for as many behind it as may wait. */
  const askFrom = (index: number): void => {
    let aheadBytes = 0;
    for (let next = index; next < downloads.length && next < index + AHEAD_COUNT; next += 1) {
      const sizeBytes = downloads[next]?.narSizeBytes ?? 0;
      if (next > index) aheadBytes += sizeBytes;
      if (aheadBytes > AHEAD_BYTES) return;
      if (next < asked) continue;
      open(next)?.ask();
      asked = next + 1;
    }
  };

  return downloads.map((download, index) => ({
    [Symbol.asyncIterator]: () => {
      askFrom(index);
      const nar = open(index) ?? openDownload(download, true);
      opened.delete(index);
      return nar;
    },
  }));
}
