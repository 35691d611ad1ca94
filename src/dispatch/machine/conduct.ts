import type { BuilderId, NodeId } from '../schedule/events.ts';

/** Tells builders that get builds wrong from builds that are wrong: by where else they fail and succeed. */
export interface Conduct {
  /**
   * Notes how a build ended. `good`: its outputs are there. `bad`: it failed or the machine refused it.
   *
   * Returns the builders that have just been proven wrong once too often: builds in a row that failed there and nowhere else.
   */
  ended(builder: BuilderId, node: NodeId, how: 'good' | 'bad'): readonly BuilderId[];
  /** Builds fail there one after the other, while others get theirs done. */
  isSuspect(builder: BuilderId): boolean;
  /** Builds that came to nothing there, since the last one that did not or that came to nothing elsewhere too. */
  failedInARow(builder: BuilderId): number;
}

interface Record {
  failedInARow: number;
  wrongInARow: number;
  hasBuilt: boolean;
}

/** Builds in a row that a builder has to get wrong to be left out. */
export const mostWrongInARow = 3;
/** Failures in a row after which the next one is held against the builder. */
const suspectAfter = 2;

/** All builders are in good standing. */
export function createConduct(): Conduct {
  const records = new Map<BuilderId, Record>();
  const failedAt = new Map<NodeId, Set<BuilderId>>();
  const recordOf = (builder: BuilderId): Record => {
    const record = records.get(builder) ?? { failedInARow: 0, wrongInARow: 0, hasBuilt: false };
    records.set(builder, record);
    return record;
  };

  return {
    ended(builder, node, how) {
      const record = recordOf(builder);
      if (how === 'bad') {
        record.failedInARow++;
        const places = (failedAt.get(node) ?? new Set()).add(builder);
        failedAt.set(node, places);
        // A build that fails on two machines is wrong itself: neither has to answer for it.
        if (places.size > 1) for (const place of places) recordOf(place).failedInARow = 0;
        return [];
      }
      record.failedInARow = 0;
      record.wrongInARow = 0;
      record.hasBuilt = true;
      const wrong = [...(failedAt.get(node) ?? [])].filter((other) => other !== builder);
      failedAt.delete(node);
      return wrong.filter((other) => {
        const theirs = recordOf(other);
        theirs.wrongInARow = (theirs.wrongInARow + 1) % mostWrongInARow;
        return theirs.wrongInARow === 0;
      });
    },
    isSuspect(builder) {
      const othersBuild = [...records].some(([other, { hasBuilt }]) => other !== builder && hasBuilt);
      return othersBuild && recordOf(builder).failedInARow >= suspectAfter;
    },
    failedInARow: (builder) => recordOf(builder).failedInARow,
  };
}
