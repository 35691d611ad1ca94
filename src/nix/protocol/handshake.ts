import { decodeText, decodeUint, protocolError } from '../wire/decode.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import type { Decoding } from '../wire/decode.ts';
import { WireWriter } from '../wire/encode.ts';
import { CLIENT_MAGIC } from './numbers.ts';
import { decodeTexts } from './path-info.ts';
import { CLIENT_VERSION, FEATURES_MINOR, versionNumber } from './version.ts';
import type { ProtocolVersion } from './version.ts';

/** Whether the daemon lets us do everything; `unknown` from daemons before 1.35, which do not say. */
export type Trust = 'trusted' | 'not-trusted' | 'unknown';

/** What the daemon says of itself at the end of the handshake (protocol §3). */
export interface DaemonIntroduction {
  /** `2.34.8`; anything at all from daemons that are not Nix. */
  readonly nixVersion: string;
  readonly trust: Trust;
}

const TRUST_BY_NUMBER: readonly Trust[] = ['unknown', 'trusted', 'not-trusted'];
const NIX_VERSION_MINOR = 33;
const TRUST_MINOR = 35;

/** The client's first bytes: magic and version. */
export function encodeHello(): Buffer {
  return new WireWriter().uint(CLIENT_MAGIC).uint(versionNumber(CLIENT_VERSION)).finish();
}

/** What the client says once it knows the version: no features, no CPU affinity, no reserved space. */
export function encodeHelloEnd(version: ProtocolVersion): Buffer {
  const writer = new WireWriter();
  if (version.minor >= FEATURES_MINOR) writer.uint(0);
  return writer.uint(0).uint(0).finish();
}

/** Reads the daemon's features, where it sends any, and its introduction. */
export function* decodeHelloEnd(input: ByteQueue, version: ProtocolVersion): Decoding<DaemonIntroduction> {
  // Offering none, whatever the daemon can do besides has no effect.
  if (version.minor >= FEATURES_MINOR) yield* decodeTexts(input);
  return yield* decodeIntroduction(input, version);
}

/** Reads the introduction alone. */
export function* decodeIntroduction(
  input: ByteQueue,
  version: ProtocolVersion,
): Decoding<DaemonIntroduction> {
  const nixVersion = version.minor >= NIX_VERSION_MINOR ? yield* decodeText(input) : '';
  const trust = version.minor >= TRUST_MINOR ? yield* decodeTrust(input) : 'unknown';
  return { nixVersion, trust };
}

/** Writes the introduction, as a daemon would. */
export function encodeIntroduction(
  writer: WireWriter,
  introduction: DaemonIntroduction,
  version: ProtocolVersion,
): void {
  if (version.minor >= NIX_VERSION_MINOR) writer.string(introduction.nixVersion);
  if (version.minor >= TRUST_MINOR) encodeTrust(writer, introduction.trust);
}

/** Reads the trust flag. */
export function* decodeTrust(input: ByteQueue): Decoding<Trust> {
  const number = yield* decodeUint(input);
  const trust = TRUST_BY_NUMBER[number];
  if (trust === undefined) throw protocolError('a trust flag of 0, 1 or 2', String(number));
  return trust;
}

/** Writes the trust flag. */
export function encodeTrust(writer: WireWriter, trust: Trust): void {
  writer.uint(TRUST_BY_NUMBER.indexOf(trust));
}
