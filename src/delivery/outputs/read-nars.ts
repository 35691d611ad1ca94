import { createHash } from 'node:crypto';

import type { Store } from '../../dispatch/stores/store.ts';
import { DispatchError, toDispatchError } from '../../errors.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';

/** A path to read, and who takes its NAR. */
export interface NarReading {
  readonly info: PathInfo;
  /** Takes the NAR as it comes. Whatever it takes is right once this resolves with the NAR read to its end. */
  take(nar: AsyncIterable<Uint8Array>): Promise<void>;
}

/** Readings in a row that gave nothing. */
const mostFruitless = 3;

/**
 * Reads NARs of one store in this order, each checked against its hash. Returns those that could not be read, with the reason.
 *
 * @param signal ends the reading; what is left then counts as not read
 */
export async function readNars(
  store: Store,
  readings: readonly NarReading[],
  signal: AbortSignal,
): Promise<ReadonlyMap<NarReading, DispatchError>> {
  const failed = new Map<NarReading, DispatchError>();
  let next = 0;
  let fruitless = 0;
  while (next < readings.length) {
    const rest = readings.slice(next);
    const before = next;
    try {
      await store.use(async (client) => {
        const nars = client.narsFromPaths(rest.map(({ info }) => info));
        for (const [index, nar] of nars.entries()) {
          const reading = rest[index];
          await reading?.take(checked(reading.info, nar, store.name, signal));
          next += 1;
        }
      });
    } catch (thrown) {
      const error = toDispatchError(thrown, 'local');
      fruitless = next > before ? 1 : fruitless + 1;
      // One path can be bad; a store that gives none any more is left alone.
      const lost = fruitless >= mostFruitless || signal.aborted ? readings.length : next + 1;
      for (const reading of readings.slice(next, lost)) failed.set(reading, error);
      next = lost;
    }
  }
  return failed;
}

/** @throws DispatchError `corrupt` at the end of a NAR that is not what the store said, `cancelled` */
async function* checked(
  info: PathInfo,
  nar: AsyncIterable<Uint8Array>,
  host: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of nar) {
    if (signal.aborted) throw new DispatchError('cancelled', 'the run was ended');
    hash.update(chunk);
    sizeBytes += chunk.length;
    yield chunk;
  }
  const narHash = hash.digest('hex');
  if (sizeBytes === info.narSizeBytes && narHash === info.narHash) return;
  throw new DispatchError(
    'corrupt',
    `expected the NAR of ${info.path} to have ${info.narSizeBytes} bytes and sha256 ${info.narHash}, ` +
      `got ${sizeBytes} bytes and ${narHash}`,
    { host },
  );
}
