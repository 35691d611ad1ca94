import { decodeIntroduction } from '../protocol/handshake.ts';
import { CLIENT_MAGIC, DAEMON_MAGIC } from '../protocol/numbers.ts';
import { decodeTexts } from '../protocol/path-info.ts';
import { FEATURES_MINOR, parseVersionNumber } from '../protocol/version.ts';
import type { Dialect, Feature } from '../protocol/version.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import { decodeUint, protocolError } from '../wire/decode.ts';
import type { Decoding } from '../wire/decode.ts';
import { decodeExchange } from '../client/exchange.ts';

/** What one side has said so far, for the other side's reader. */
export interface GreetingState {
  clientMinor: number | undefined;
  daemonMinor: number | undefined;
  clientFeatures: readonly string[];
  /** The client has said everything. */
  isClientDone: boolean;
  /** Known once both sides have said everything. */
  dialect: Dialect | undefined;
  nixVersion: string;
}

/** Nothing has been said yet. */
export function startGreeting(): GreetingState {
  return {
    clientMinor: undefined,
    daemonMinor: undefined,
    clientFeatures: [],
    isClientDone: false,
    dialect: undefined,
    nixVersion: '',
  };
}

/** Nix 2.8, the oldest that this project speaks to. */
const OLDEST_MINOR = 34;
const KNOWN_FEATURES: readonly Feature[] = ['realisation-with-path-not-hash'];

/**
 * Reads what the client says (protocol §3).
 *
 * @param mark called at each point where the client waits for the daemon
 */
export function* readClientGreeting(
  input: ByteQueue,
  state: GreetingState,
  mark: () => void,
): Decoding<void> {
  yield* expectMagic(input, CLIENT_MAGIC, 'a client');
  mark();
  state.clientMinor = yield* decodeMinor(input);
  while (state.daemonMinor === undefined) yield;
  if (Math.min(state.clientMinor, state.daemonMinor) >= FEATURES_MINOR) {
    state.clientFeatures = yield* decodeTexts(input);
    mark();
  }
  if ((yield* decodeUint(input)) !== 0) yield* decodeUint(input);
  yield* decodeUint(input);
  mark();
  state.isClientDone = true;
}

/**
 * Reads what the daemon says, to the end of its greeting.
 *
 * @param mark called at each point where the daemon waits for the client
 * @throws DispatchError `protocol` on a version or a feature whose encodings are not known
 */
export function* readDaemonGreeting(
  input: ByteQueue,
  state: GreetingState,
  mark: () => void,
): Decoding<void> {
  yield* expectMagic(input, DAEMON_MAGIC, 'a daemon');
  state.daemonMinor = yield* decodeMinor(input);
  mark();
  while (state.clientMinor === undefined) yield;
  const minor = Math.min(state.clientMinor, state.daemonMinor);
  if (minor < OLDEST_MINOR) throw protocolError(`protocol 1.${OLDEST_MINOR} or newer`, `1.${minor}`);
  let features: readonly string[] = [];
  if (minor >= FEATURES_MINOR) {
    features = yield* decodeTexts(input);
    mark();
  }
  const { nixVersion } = yield* decodeIntroduction(input, { major: 1, minor });
  yield* decodeExchange(
    // eslint-disable-next-line require-yield
    function* nothing(): Decoding<void> {},
    () => undefined,
  )(input);
  // Both may have come in one piece: then the client's is still to be read.
  while (!state.isClientDone) yield;
  const agreed = state.clientFeatures.filter((feature) => features.includes(feature));
  const known = KNOWN_FEATURES.filter((feature) => agreed.includes(feature));
  if (known.length < agreed.length) throw protocolError('known features', agreed.join(' '));
  state.nixVersion = nixVersion;
  state.dialect = { minor, features: new Set(known) };
  mark();
}

function* expectMagic(input: ByteQueue, magic: number, whose: string): Decoding<void> {
  const found = yield* decodeUint(input);
  if (found !== magic) throw protocolError(`the greeting of ${whose}`, `the int 0x${found.toString(16)}`);
}

function* decodeMinor(input: ByteQueue): Decoding<number> {
  return parseVersionNumber(yield* decodeUint(input)).minor;
}
