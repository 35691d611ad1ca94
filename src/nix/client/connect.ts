import type { Duplex } from 'node:stream';
import { DispatchError } from '../../errors.ts';
import { decodeHelloEnd, encodeHello, encodeHelloEnd } from '../protocol/handshake.ts';
import type { DaemonIntroduction } from '../protocol/handshake.ts';
import { DAEMON_MAGIC } from '../protocol/numbers.ts';
import { negotiateVersion, parseVersionNumber } from '../protocol/version.ts';
import type { ProtocolVersion } from '../protocol/version.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import { decodeUint } from '../wire/decode.ts';
import type { Decoding } from '../wire/decode.ts';
import { createDaemonClient } from './client.ts';
import { startConversation } from './conversation.ts';
import type { Conversation } from './conversation.ts';
import type { DaemonClient } from './daemon-client.ts';
import { decodeExchange } from './exchange.ts';
import type { Outcome } from './exchange.ts';
import { quoteStderr } from './failures.ts';

/** Who is at the other end of the stream. */
export interface ConnectOptions {
  /** As its machine line names it; in every error. */
  readonly host: string;
  /** Time for the whole handshake; 30 s unless said. */
  readonly timeoutMs?: number;
  /** The last that the far process wrote to its stderr; somebody else has to drain that. */
  readonly stderrTail?: () => string;
  /** A daemon that owes an answer and sends nothing for this long is given up; 10 min unless said. */
  readonly silenceMs?: number;
  /** Takes what the daemon would print outside of builds: warnings, notices. */
  readonly onMessage?: (text: string) => void;
}

const HANDSHAKE_MS = 30_000;

/**
 * Greets a Nix daemon (protocol §3) and takes over the stream: it is destroyed when the client is closed or the
 * conversation fails.
 *
 * @param duplex a socket, an SSH channel or a child's pipes on which nothing has been read or written
 * @throws DispatchError `not-nix` with what came instead, `timed-out`, `protocol` for a Nix before 2.8
 */
export async function connectDaemon(duplex: Duplex, options: ConnectOptions): Promise<DaemonClient> {
  const { host, timeoutMs = HANDSHAKE_MS, stderrTail = () => '', onMessage } = options;
  const conversation = startConversation(duplex, { host, stderrTail, silenceMs: options.silenceMs });
  const timer = setTimeout(() => {
    conversation.end(
      new DispatchError('timed-out', `no answer within ${timeoutMs / 1000} s${quoteStderr(stderrTail())}`),
    );
  }, timeoutMs);
  try {
    const version = await greet(conversation, host, stderrTail);
    const introduction = await introduce(conversation, version);
    return createDaemonClient(conversation, { host, version, ...introduction, onMessage });
  } catch (error) {
    conversation.end(new DispatchError('cancelled', 'the handshake failed'));
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function greet(
  conversation: Conversation,
  host: string,
  stderrTail: () => string,
): Promise<ProtocolVersion> {
  const purpose = 'greeting the Nix daemon';
  try {
    return await conversation.request({ purpose, bytes: encodeHello(), decode: decodeGreeting });
  } catch (error) {
    if (!(error instanceof DispatchError) || error.code !== 'connection-lost') throw error;
    throw notNix(conversation.unread(), { host, stderr: stderrTail(), cause: error });
  }

  function* decodeGreeting(input: ByteQueue): Decoding<Outcome<ProtocolVersion>> {
    while (input.length < 8) yield;
    if (input.peek(8).readBigUInt64LE() !== BigInt(DAEMON_MAGIC)) {
      throw notNix(input.peek(300), { host, stderr: stderrTail(), cause: undefined });
    }
    input.take(8);
    const daemon = parseVersionNumber(yield* decodeUint(input));
    return { kind: 'answered', value: negotiateVersion(daemon) };
  }
}

async function introduce(conversation: Conversation, version: ProtocolVersion): Promise<DaemonIntroduction> {
  return conversation.request({
    purpose: 'shaking hands with the Nix daemon',
    bytes: encodeHelloEnd(version),
    *decode(input) {
      const introduction = yield* decodeHelloEnd(input, version);
      return yield* decodeExchange(
        () => done(introduction),
        () => undefined,
      )(input);
    },
  });
}

// eslint-disable-next-line require-yield
function* done<T>(value: T): Decoding<T> {
  return value;
}

function notNix(
  bytes: Uint8Array,
  { host, stderr, cause }: { host: string; stderr: string; cause: unknown },
): DispatchError {
  const found = bytes.byteLength === 0 ? 'nothing' : JSON.stringify(Buffer.from(bytes).toString('utf8'));
  return new DispatchError(
    'not-nix',
    `expected the greeting of a Nix daemon, got ${found}${quoteStderr(stderr)}`,
    {
      host,
      cause,
      hint:
        bytes.byteLength === 0
          ? 'Check that nix-daemon is in the PATH of non-interactive logins there and that the user is in allowed-users.'
          : 'Nothing but the daemon may write to standard output there: look at what the login shell prints.',
    },
  );
}
