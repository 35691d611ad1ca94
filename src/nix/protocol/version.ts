import { DispatchError } from '../../errors.ts';

/** A version of the worker protocol; its major number is 1 in every Nix that exists. */
export interface ProtocolVersion {
  readonly major: number;
  readonly minor: number;
}

/** Changes of encoding that both sides must have agreed on (protocol §0). */
export type Feature = 'realisation-with-path-not-hash';

/** Everything an encoding depends on: the negotiated minor version and features. */
export interface Dialect {
  readonly minor: number;
  readonly features: ReadonlySet<Feature>;
}

/** The newest version this client speaks: Nix 2.24 and later. */
export const CLIENT_VERSION: ProtocolVersion = { major: 1, minor: 38 };

/** The oldest daemon it speaks to: Nix 2.8, the first with results for each path built. */
const OLDEST_VERSION: ProtocolVersion = { major: 1, minor: 34 };

/** From here on both sides list features after the versions. */
export const FEATURES_MINOR = 38;

/** The number that goes over the wire. */
export function versionNumber(version: ProtocolVersion): number {
  return (version.major << 8) | version.minor;
}

/** Writes `1.38`. */
export function formatVersion(version: ProtocolVersion): string {
  return `${version.major}.${version.minor}`;
}

/** Reads the number that went over the wire. */
export function parseVersionNumber(number: number): ProtocolVersion {
  return { major: Math.floor(number / 256), minor: number % 256 };
}

/**
 * The version that both sides speak.
 *
 * @throws DispatchError `protocol` when the daemon is too old or of another major version
 */
export function negotiateVersion(daemon: ProtocolVersion): ProtocolVersion {
  if (daemon.major !== CLIENT_VERSION.major || daemon.minor < OLDEST_VERSION.minor) {
    throw new DispatchError(
      'protocol',
      `expected a Nix daemon of protocol ${formatVersion(OLDEST_VERSION)} or newer, got ${formatVersion(daemon)}`,
      { hint: 'Install Nix 2.8 or newer on this machine.' },
    );
  }
  return { major: 1, minor: Math.min(daemon.minor, CLIENT_VERSION.minor) };
}

/** The encodings of a version without any feature, which is what this client offers (protocol §0). */
export function plainDialect(version: ProtocolVersion): Dialect {
  return { minor: version.minor, features: new Set() };
}

/**
 * Whether AddMultipleToStore is safe: before Nix 2.18 a path of the batch that was valid already broke the stream
 * (protocol §7.3). Lix (2.90 and later) has the repair.
 *
 * @param nixVersion what the daemon called itself, `2.34.8` for instance
 */
export function hasSafeAddMultiple(nixVersion: string): boolean {
  const match = /^(\d+)\.(\d+)/.exec(nixVersion);
  if (match === null) return false;
  const major = Number(match[1]);
  return major > 2 || (major === 2 && Number(match[2]) >= 18);
}
