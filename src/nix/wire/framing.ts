import { MAX_FRAME_BYTES } from './limits.ts';

/** Ends a framed stream, also one that is given up half-way (protocol §5). */
export const LAST_FRAME: Uint8Array = new Uint8Array(8);

/** Chunks below this are copied together: a write of their own would cost more than the copy. */
const TINY_CHUNK_BYTES = 2048;

/**
 * Gathers the chunks of a stream into frames of at most 64 KiB. A frame comes out as its header and views of the
 * chunks, so that only tiny chunks are ever copied.
 */
export class FrameGatherer {
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #tiny: Buffer = Buffer.alloc(0);
  #tinyBytes = 0;

  /** Takes a chunk and returns the frames that are full now, each as the pieces to write in order. */
  add(chunk: Uint8Array): Uint8Array[][] {
    const frames: Uint8Array[][] = [];
    let rest = chunk;
    while (rest.byteLength > 0) {
      const piece = rest.subarray(0, MAX_FRAME_BYTES - this.#pieceBytes - this.#tinyBytes);
      if (piece.byteLength < TINY_CHUNK_BYTES) this.#addTiny(piece);
      else this.#addPiece(piece);
      rest = rest.subarray(piece.byteLength);
      if (this.#pieceBytes + this.#tinyBytes === MAX_FRAME_BYTES) frames.push(this.flush());
    }
    return frames;
  }

  /** The frame under way as the pieces to write; none when nothing is left. */
  flush(): Uint8Array[] {
    this.#sealTiny();
    if (this.#pieceBytes === 0) return [];
    const header = new Uint8Array(8);
    new DataView(header.buffer).setUint32(0, this.#pieceBytes, true);
    const frame = [header, ...this.#pieces];
    this.#pieces = [];
    this.#pieceBytes = 0;
    return frame;
  }

  #addPiece(piece: Uint8Array): void {
    this.#sealTiny();
    this.#pieces.push(piece);
    this.#pieceBytes += piece.byteLength;
  }

  #addTiny(piece: Uint8Array): void {
    if (this.#tinyBytes + piece.byteLength > this.#tiny.byteLength) {
      this.#sealTiny();
      this.#tiny = Buffer.allocUnsafe(8 * TINY_CHUNK_BYTES);
    }
    this.#tiny.set(piece, this.#tinyBytes);
    this.#tinyBytes += piece.byteLength;
  }

  #sealTiny(): void {
    if (this.#tinyBytes === 0) return;
    this.#pieces.push(this.#tiny.subarray(0, this.#tinyBytes));
    this.#pieceBytes += this.#tinyBytes;
    this.#tiny = this.#tiny.subarray(this.#tinyBytes);
    this.#tinyBytes = 0;
  }
}
