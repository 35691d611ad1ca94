import type { StorePath } from '../nix/store-path.ts';
import type { Attempt } from './ledger/attempt.ts';

/** A build as people are told of it while it runs. */
export interface RunningBuild {
  readonly drvPath: StorePath;
  /** The derivation's name, untrusted text. */
  readonly name: string;
  readonly builder: string;
}

/** Watches a run while it goes on; whatever it prints is its own affair. All text is untrusted. */
export interface DispatchObserver {
  buildStarted(build: RunningBuild): void;
  logLine(build: RunningBuild, line: string): void;
  phase(build: RunningBuild, phase: string): void;
  /** It ended; the figures are not all there yet. Not told of builds that a daemon ran by itself. */
  buildEnded(build: RunningBuild, attempt: Attempt): void;
  /** It ended, and all that will be known of it is known. */
  buildFinished(build: RunningBuild, attempt: Attempt): void;
  /** A derivation ended without being built by an attempt of its own. */
  gaveUp(name: string, why: string): void;
  builderJoined(builder: string, detail: string): void;
  /** Something about a machine that is no build's failure. */
  builderTrouble(builder: string, message: string): void;
}
