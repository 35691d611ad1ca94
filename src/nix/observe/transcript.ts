/**
 * How two sides greeted each other, cut where one waited for the other: after `client[i]` came `daemon[i]`. The same client says the same
 * again, and so does the daemon.
 */
export interface Transcript {
  readonly client: readonly Uint8Array[];
  readonly daemon: readonly Uint8Array[];
}

/** Records a greeting as it passes. */
export interface TranscriptRecorder {
  fromClient(chunk: Uint8Array): void;
  fromDaemon(chunk: Uint8Array): void;
  /** The client waits here; `unread` bytes that came are not part of what it said so far. */
  markClient(unread: number): void;
  markDaemon(unread: number): void;
  /** What was recorded; nothing is from now on. */
  finish(): Transcript;
}

/** No greeting is longer; of what is, the rest is not recorded, and the transcript fits nothing. */
const MAX_BYTES = 64 * 1024;

/** Starts with nothing recorded. */
export function createTranscript(): TranscriptRecorder {
  const client = createSide();
  const daemon = createSide();
  return {
    fromClient: (chunk) => client.add(chunk),
    fromDaemon: (chunk) => daemon.add(chunk),
    markClient: (unread) => client.mark(unread),
    markDaemon: (unread) => daemon.mark(unread),
    finish() {
      return { client: client.finish(), daemon: daemon.finish() };
    },
  };
}

function createSide() {
  const marks: number[] = [];
  let bytes = Buffer.alloc(0);
  let total = 0;
  let isFinished = false;
  return {
    add(chunk: Uint8Array): void {
      total += chunk.byteLength;
      if (!isFinished && bytes.length < MAX_BYTES) bytes = Buffer.concat([bytes, chunk]);
    },
    mark: (unread: number): void => void marks.push(total - unread),
    finish(): readonly Uint8Array[] {
      isFinished = true;
      return marks.map((end, index) => bytes.subarray(marks[index - 1] ?? 0, end));
    },
  };
}
