import type { CpuTime } from '../../accounting/cpu-time.ts';
import type { StorePath } from '../../nix/store-path.ts';

/** How one attempt to build a derivation on a builder ended. */
export type AttemptEnd =
  /** The builder's daemon says how the outputs came to be valid. */
  | { readonly kind: 'built' | 'substituted' | 'already-valid' }
  /** The builder ran it and it failed; what the daemon said. `isSuspect`: the machine may be to blame. */
  | { readonly kind: 'failed'; readonly message: string; readonly isSuspect?: true }
  /** Only in builds of a whole closure: something below it failed. `drvPath` where it could be found out. */
  | {
      readonly kind: 'dependency-failed';
      readonly drvPath: StorePath | undefined;
      readonly message: string;
    }
  /** Ended by us, by a limit of the user's. */
  | { readonly kind: 'timed-out' | 'log-limit'; readonly message: string }
  /** The machine's or the network's fault. `isRefusal`: the daemon was there and would not or could not do it. */
  | {
      readonly kind: 'infrastructure';
      readonly message: string;
      readonly isRefusal?: true;
      /** Inputs that no store has any more. */
      readonly missing?: readonly StorePath[];
    }
  /** Ended by us, because nobody waits for it any more. */
  | { readonly kind: 'cancelled' };

/** What is kept of a build's log in memory; the whole of it is in the file. */
export interface LogExcerpt {
  /** Last lines, safe to show. */
  readonly tail: readonly string[];
  readonly lines: number;
  /** Name within the logs folder; undefined when nothing was logged. */
  readonly file: string | undefined;
}

/** One attempt, complete. Times are epoch milliseconds on the runner's clock. */
export interface Attempt {
  readonly builder: string;
  /** Slot of the builder, from 0. */
  readonly slot: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly end: AttemptEnd;
  /** Output name to path, as far as known. */
  readonly outputs: ReadonlyMap<string, StorePath>;
  /** Size of the outputs' NARs together; undefined where nobody told (yet). */
  readonly outputBytes: number | undefined;
  readonly cpu: CpuTime | undefined;
  readonly peakMemoryBytes: number | undefined;
  readonly log: LogExcerpt;
}
