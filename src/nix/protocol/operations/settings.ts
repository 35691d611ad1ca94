import { WireWriter } from '../../wire/encode.ts';
import { OP } from '../numbers.ts';
import { decodeNothing } from './operation.ts';
import type { Operation } from './operation.ts';

/**
 * Settings of this connection (protocol §7.1). Hints only: a `nix-daemon --stdio` that is not root and Nix 2.20 or
 * later keeps them to itself, so limits have to be enforced on our side as well.
 */
export interface DaemonSettings {
  readonly keepFailed?: boolean;
  readonly keepGoing?: boolean;
  /** Build what could not be substituted. */
  readonly fallback?: boolean;
  /** 0 error … 3 info (what daemons do unasked) … 7. */
  readonly verbosity?: number;
  readonly maxJobs?: number;
  /** 0 for no limit. */
  readonly maxSilentSeconds?: number;
  /** NIX_BUILD_CORES; 0 for all. */
  readonly cores?: number;
  readonly useSubstitutes?: boolean;
  /** 0 copies builders' output to the daemon's own stderr, 7 (unless said) keeps it off. */
  readonly buildVerbosity?: number;
  /** Further settings by their names in nix.conf, `timeout` for instance. */
  readonly overrides?: ReadonlyMap<string, string>;
}

/** Op 19. */
export function setOptions(settings: DaemonSettings): Operation<void> {
  const writer = new WireWriter().uint(OP.setOptions);
  writer
    .bool(settings.keepFailed ?? false)
    .bool(settings.keepGoing ?? false)
    .bool(settings.fallback ?? false);
  writer
    .uint(settings.verbosity ?? 3)
    .uint(settings.maxJobs ?? 1)
    .uint(settings.maxSilentSeconds ?? 0);
  writer
    .uint(1)
    .uint(settings.buildVerbosity ?? 7)
    .uint(0)
    .uint(0);
  writer.uint(settings.cores ?? 0).bool(settings.useSubstitutes ?? true);
  const overrides = [...(settings.overrides ?? [])].sort(([one], [other]) => (one < other ? -1 : 1));
  writer.list(overrides, (out, [name, value]) => out.string(name).string(value));
  return { purpose: 'sending settings to it', request: writer.finish(), reply: decodeNothing };
}
