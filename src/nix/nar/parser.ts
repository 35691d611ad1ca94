import { toByteString } from '../byte-string.ts';
import { createNarGrammar } from './grammar.ts';
import type { NarExpectation } from './grammar.ts';
import { DAEMON_ERROR_TAG, MAX_TARGET_BYTES, paddingLength } from './limits.ts';
import { checkPadding, createStringReader } from './string-reader.ts';
import type { NarVisitor } from './visitor.ts';

/** How far a push got. */
export interface NarProgress {
  /** Bytes of the chunk that belong to the archive (or to the tag of the daemon's error record). */
  readonly consumed: number;
  /** The archive is complete; what follows in the chunk is something else. */
  readonly done: boolean;
  /**
   * The daemon gave up: its ERROR tag (protocol §8) stood where a length belongs and has been consumed, the fields
   * of the error record follow. The archive is incomplete.
   */
  readonly daemonError: boolean;
}

/** Takes an archive in chunks of any size. */
export interface NarParser {
  /** Throws DispatchError `protocol` on the first byte that no NAR may have; the parser is of no use afterwards. */
  push(chunk: Uint8Array): NarProgress;
}

/** What is known of an archive beforehand. */
export interface NarParserOptions {
  /**
   * Size of the whole archive, bytes, as the path info has it. Lets the parser refuse contents that cannot fit, and
   * tell the daemon's ERROR tag from a file of 1,668,838,512 bytes.
   */
  readonly narSizeBytes?: number;
}

/**
 * Makes a push parser of one NAR (grammar and rules: protocol §16; limits: those of newer Nix). File contents go to
 * the visitor as they come, nothing is buffered but a cut name or target.
 */
export function createNarParser(
  visitor: Partial<NarVisitor> = {},
  { narSizeBytes = Number.POSITIVE_INFINITY }: NarParserOptions = {},
): NarParser {
  const reader = createStringReader();
  const grammar = createNarGrammar(visitor);
  /** Bytes that are left of the contents of the current file, and of the padding behind them. */
  let remaining = 0;
  let padding = 0;
  let total = 0;
  let expected: NarExpectation | 'daemon-error' = 'word';

  return {
    push(chunk) {
      let offset = 0;
      while (offset < chunk.length && !isOver()) offset = take(chunk, offset);
      total += offset;
      return { consumed: offset, done: expected === 'done', daemonError: expected === 'daemon-error' };
    },
  };

  function isOver(): boolean {
    return expected === 'done' || expected === 'daemon-error';
  }

  function take(chunk: Uint8Array, offset: number): number {
    if (remaining > 0) return takeContents(chunk, offset);
    if (padding > 0) return takePadding(chunk, offset);
    if (reader.length() === undefined) return takeLength(chunk, offset);
    return takeWord(chunk, offset);
  }

  function takeLength(chunk: Uint8Array, offset: number): number {
    const next = reader.takeLength(chunk, offset);
    const length = reader.length();
    if (length === undefined) return next;
    if (expected === 'contents-length') {
      reader.reset();
      beginContents(length, total + next);
    } else if (length === DAEMON_ERROR_TAG) expected = 'daemon-error';
    else if (length > MAX_TARGET_BYTES) throw grammar.malformed(`a string of ${length} bytes`);
    else return takeWord(chunk, next);
    return next;
  }

  function takeWord(chunk: Uint8Array, offset: number): number {
    const next = reader.takePayload(chunk, offset);
    const payload = reader.payload();
    if (payload !== undefined) {
      const word = toByteString(payload);
      reader.reset();
      expected = grammar.accept(word);
    }
    return next;
  }

  function beginContents(length: number, consumed: number): void {
    if (length > narSizeBytes - consumed) {
      if (length !== DAEMON_ERROR_TAG) {
        throw grammar.malformed(`contents of ${length} bytes, beyond the archive's end`);
      }
      expected = 'daemon-error';
      return;
    }
    grammar.beginFile(length);
    expected = 'word';
    remaining = length;
    padding = paddingLength(length);
    if (remaining === 0) visitor.endFile?.();
  }

  function takeContents(chunk: Uint8Array, offset: number): number {
    const end = Math.min(chunk.length, offset + remaining);
    visitor.contents?.(chunk.subarray(offset, end));
    remaining -= end - offset;
    if (remaining === 0) visitor.endFile?.();
    return end;
  }

  function takePadding(chunk: Uint8Array, offset: number): number {
    const end = Math.min(chunk.length, offset + padding);
    checkPadding(chunk.subarray(offset, end));
    padding -= end - offset;
    return end;
  }
}
