import { describeError, toDispatchError } from '../../errors.ts';
import { decodeExchange } from '../client/exchange.ts';
import type { DaemonError } from '../protocol/daemon-error.ts';
import type { DaemonMessage } from '../protocol/daemon-message.ts';
import type { Dialect } from '../protocol/version.ts';
import { ByteQueue } from '../wire/byte-queue.ts';
import { protocolError } from '../wire/decode.ts';
import type { Decoding } from '../wire/decode.ts';
import { readClientGreeting, readDaemonGreeting, startGreeting, type GreetingState } from './greeting.ts';
import { replyDecoder, type ObservedReply } from './replies.ts';
import { decodeRequestHead, type BuildRequest, type ObservedRequest } from './requests.ts';
import { skipFrames } from './skip.ts';
import { createTranscript, type Transcript, type TranscriptRecorder } from './transcript.ts';

/** How a build request ended on the wire. */
export type BuildEnd =
  | Extract<ObservedReply, { kind: 'result' | 'results' | 'done' }>
  | { readonly kind: 'refused'; readonly error: DaemonError };

/** Is told what passes between a client and a daemon. */
export interface WireListener {
  onGreeted?(nixVersion: string, transcript: Transcript): void;
  onBuild?(request: BuildRequest): void;
  /** Messages of the daemon while it builds. */
  onMessage?(message: DaemonMessage): void;
  onBuildEnd?(end: BuildEnd): void;
  /** Size of a valid path's NAR. */
  onPathInfo?(path: string, narSizeBytes: number): void;
  /** Data that the client sent in frames. */
  onUploaded?(byteCount: number): void;
  /** From here on nothing is understood, and nothing more is told. */
  onLost?(reason: string): void;
}

/** Understands a conversation of others from its bytes; has no part in it. */
export interface WireObserver {
  /** Give it what the client said before the daemon gets it. */
  fromClient(chunk: Uint8Array): void;
  /** Give it what the daemon said. */
  fromDaemon(chunk: Uint8Array): void;
}

/** More than this from a daemon that owes nothing is no conversation. */
const MAX_UNASKED_BYTES = 1024 * 1024;

/** What of a conversation is still to be read, and what is known of it. */
interface Conversation {
  readonly client: ByteQueue;
  readonly daemon: ByteQueue;
  readonly greeting: GreetingState;
  readonly transcript: TranscriptRecorder;
  /** Requests that the daemon has not answered to the end, oldest first. */
  readonly asked: ObservedRequest[];
  readonly listener: WireListener;
}

/**
 * Watches one conversation of the daemon protocol, whoever leads it. It never throws: what it doesn't understand (an unknown operation or
 * feature, bytes of something else) ends the watching and nothing else.
 */
export function createWireObserver(listener: WireListener): WireObserver {
  const conversation: Conversation = {
    client: new ByteQueue(),
    daemon: new ByteQueue(),
    greeting: startGreeting(),
    transcript: createTranscript(),
    asked: [],
    listener,
  };
  const { client, daemon, transcript, asked } = conversation;
  const clientReader = readClient(conversation);
  const daemonReader = readDaemon(conversation);
  let isLost = false;

  /** Either side may have been waiting for what the other one just said. */
  const pump = (): void => {
    try {
      for (const reader of [clientReader, daemonReader, clientReader, daemonReader]) reader.next();
      if (asked.length === 0 && daemon.length > MAX_UNASKED_BYTES) {
        throw protocolError('nothing that was not asked for', `${daemon.length} bytes`);
      }
    } catch (error) {
      isLost = true;
      listener.onLost?.(describeError(toDispatchError(error, 'protocol')));
    }
  };

  return {
    fromClient(chunk) {
      if (isLost) return;
      transcript.fromClient(chunk);
      client.push(chunk);
      pump();
    },
    fromDaemon(chunk) {
      if (isLost) return;
      transcript.fromDaemon(chunk);
      daemon.push(chunk);
      pump();
    },
  };
}

/** Reads what the client says, to the end of the conversation. */
function* readClient(conversation: Conversation): Decoding<never> {
  const { client, greeting, transcript, asked, listener } = conversation;
  yield* readClientGreeting(client, greeting, () => transcript.markClient(client.length));
  const dialect = yield* untilGreeted(greeting);
  for (;;) {
    const { request, isFramed } = yield* decodeRequestHead(client, dialect);
    asked.push(request);
    if (isBuild(request)) listener.onBuild?.(request);
    if (isFramed) listener.onUploaded?.(yield* skipFrames(client));
  }
}

/** Reads what the daemon says, to the end of the conversation. */
function* readDaemon(conversation: Conversation): Decoding<never> {
  const { daemon, greeting, transcript, asked, listener } = conversation;
  yield* readDaemonGreeting(daemon, greeting, () => transcript.markDaemon(daemon.length));
  const dialect = yield* untilGreeted(greeting);
  listener.onGreeted?.(greeting.nixVersion, transcript.finish());
  for (;;) {
    while (asked[0] === undefined) yield;
    yield* readAnswer(conversation, asked[0], dialect);
    asked.shift();
  }
}

/** Reads messages and reply to one request, and tells of them. */
function* readAnswer(
  { daemon, listener }: Conversation,
  request: ObservedRequest,
  dialect: Dialect,
): Decoding<void> {
  const listen = isBuild(request)
    ? (message: DaemonMessage): void => listener.onMessage?.(message)
    : (): void => undefined;
  const outcome = yield* decodeExchange(replyDecoder(request, dialect), listen)(daemon);
  if (isBuild(request)) {
    if (outcome.kind === 'refused') listener.onBuildEnd?.({ kind: 'refused', error: outcome.error });
    else if (outcome.value.kind !== 'path-info') listener.onBuildEnd?.(outcome.value);
  } else if (request.kind === 'path-info' && outcome.kind === 'answered') {
    const { value } = outcome;
    if (value.kind === 'path-info' && value.narSizeBytes !== undefined) {
      listener.onPathInfo?.(request.path, value.narSizeBytes);
    }
  }
}

function* untilGreeted(greeting: GreetingState): Decoding<Dialect> {
  while (greeting.dialect === undefined) yield;
  return greeting.dialect;
}

function isBuild(request: ObservedRequest): request is BuildRequest {
  return request.kind === 'derivation' || request.kind === 'paths';
}
