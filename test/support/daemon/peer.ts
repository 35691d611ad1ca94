import { Duplex } from 'node:stream';
import { connectDaemon } from '../../../src/nix/client/connect.ts';
import type { ConnectOptions } from '../../../src/nix/client/connect.ts';
import type { DaemonClient } from '../../../src/nix/client/daemon-client.ts';
import { greeting, introduction } from './bytes.ts';

/** The far end of a conversation, played by a test. */
export class Peer extends Duplex {
  /** Called with everything written since the last `takeWritten`, whenever something is. */
  onWritten: ((peer: Peer) => void) | undefined;
  /** While true, the peer takes no more: the writer feels back-pressure. */
  isStuck = false;
  #pieces: Buffer[] = [];
  #stuck: (() => void) | undefined;
  #wantsMore = true;

  constructor() {
    super({ readableHighWaterMark: 64 * 1024, writableHighWaterMark: 16 * 1024 });
  }

  /** Bytes written since the last call. */
  takeWritten(): Buffer {
    const bytes = this.written;
    this.#pieces = [];
    return bytes;
  }

  get written(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** Sends chunks as they are; false when the reader has enough. */
  send(...chunks: readonly Uint8Array[]): boolean {
    for (const chunk of chunks) this.#wantsMore = this.push(chunk);
    return this.#wantsMore;
  }

  /** The reader wants more, as far as this end can tell. */
  get wantsMore(): boolean {
    return this.#wantsMore;
  }

  hangUp(): void {
    this.push(null);
  }

  /** Takes what was held back, and everything from now on. */
  release(): void {
    this.isStuck = false;
    this.#stuck?.();
    this.#stuck = undefined;
  }

  override _read(): void {
    this.#wantsMore = true;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pieces.push(chunk);
    this.onWritten?.(this);
    if (this.isStuck) this.#stuck = done;
    else done();
  }
}

/** How the peer introduces itself, and what the client is told. */
export interface PeerOptions extends Partial<ConnectOptions> {
  readonly minor?: number;
  readonly nixVersion?: string;
  readonly trust?: number;
}

/** A client whose handshake with a played peer is over. */
export async function connectPeer(options: PeerOptions = {}): Promise<{ client: DaemonClient; peer: Peer }> {
  const { minor = 38, nixVersion = '2.34.8', trust = 1, ...rest } = options;
  const peer = new Peer();
  peer.send(greeting(minor));
  peer.onWritten = () => {
    // Magic and version are 16 bytes; what follows them asks for the introduction.
    if (peer.written.length > 16) {
      peer.onWritten = undefined;
      peer.send(introduction(minor, nixVersion, trust));
    }
  };
  const client = await connectDaemon(peer, { host: 'peer', timeoutMs: 5000, ...rest });
  peer.takeWritten();
  return { client, peer };
}

/** Lets everything that is under way on this thread happen. */
export async function settle(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
