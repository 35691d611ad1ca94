import { toDispatchError, type DispatchError } from '../../errors.ts';
import type { StorePath } from '../../nix/store-path.ts';

/** Paths that one store has, by its name. */
export interface Parcel {
  readonly holder: string;
  readonly paths: readonly StorePath[];
}

/** What has come of one target. */
export interface LaneResult {
  readonly pushed: number;
  readonly failed: number;
  /** The last one. */
  readonly error: DispatchError | undefined;
}

/** Pushes to one target, one parcel after the other. */
export interface PushLane {
  offer(parcel: Parcel): void;
  /** Resolves when everything offered has been pushed or has failed. Never rejects. */
  finished(): Promise<LaneResult>;
}

/** Programs take so many arguments and no more. */
const mostPaths = 500;
/** After so many failures in a row a target is left alone. */
const mostFailures = 3;

/**
 * What comes while a parcel is on its way is gathered, so that a target is opened seldom. Each path is pushed once.
 *
 * @param push rejects with a DispatchError
 */
export function createPushLane(push: (parcel: Parcel) => Promise<void>): PushLane {
  const waiting = new Map<string, Set<StorePath>>();
  const known = new Set<StorePath>();
  let working: Promise<void> = Promise.resolve();
  let isWorking = false;
  let pushed = 0;
  let failed = 0;
  let failures = 0;
  let error: DispatchError | undefined;

  const next = (): Parcel | undefined => {
    const [first] = waiting;
    if (first === undefined) return undefined;
    const [holder, all] = first;
    const paths = [...all].slice(0, mostPaths);
    for (const path of paths) all.delete(path);
    if (all.size === 0) waiting.delete(holder);
    return { holder, paths };
  };

  const work = async (): Promise<void> => {
    for (let parcel = next(); parcel !== undefined; parcel = next()) {
      if (failures >= mostFailures) {
        failed += parcel.paths.length;
        continue;
      }
      try {
        await push(parcel);
        pushed += parcel.paths.length;
        failures = 0;
      } catch (thrown) {
        error = toDispatchError(thrown, 'local');
        failed += parcel.paths.length;
        failures += 1;
      }
    }
    isWorking = false;
  };

  return {
    offer({ holder, paths }) {
      const unknown = paths.filter((path) => !known.has(path));
      if (unknown.length === 0) return;
      for (const path of unknown) known.add(path);
      waiting.set(holder, new Set([...(waiting.get(holder) ?? []), ...unknown]));
      if (isWorking) return;
      isWorking = true;
      // Begins in a later turn, with all that is offered in this one.
      working = Promise.resolve().then(work);
    },
    async finished() {
      await working;
      return { pushed, failed, error };
    },
  };
}
