import { DispatchError } from '../../errors.ts';
import { toByteString } from '../byte-string.ts';
import { DAEMON_ERROR_TAG, MAX_TARGET_BYTES, NAR_MAGIC, paddingLength } from './limits.ts';
import { createNarPath } from './nar-path.ts';
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

/** Positions where only one word may stand: that word, and what comes after it. */
const FIXED_WORDS = {
  magic: [NAR_MAGIC, 'node-open'],
  'node-open': ['(', 'type-key'],
  'type-key': ['type', 'type'],
  'executable-value': ['', 'contents-key'],
  'contents-key': ['contents', 'contents-length'],
  'target-key': ['target', 'target'],
  'entry-open': ['(', 'name-key'],
  'name-key': ['name', 'name'],
  'node-key': ['node', 'node-open'],
} as const;

type FixedPosition = keyof typeof FIXED_WORDS;
type ChoicePosition =
  | 'type'
  | 'regular-field'
  | 'target'
  | 'name'
  | 'entry-or-close'
  | 'node-close'
  | 'entry-close';
type Position =
  | FixedPosition
  | ChoicePosition
  | 'contents-length'
  | 'contents'
  | 'contents-padding'
  | 'done'
  | 'daemon-error';

/**
 * Makes a push parser of one NAR (grammar and rules: protocol §16; limits: those of newer Nix). File contents go to
 * the visitor as they come, nothing is buffered but a cut name or target.
 */
export function createNarParser(
  visitor: Partial<NarVisitor> = {},
  options: NarParserOptions = {},
): NarParser {
  const reader = createStringReader();
  const path = createNarPath();
  let position: Position = 'magic';
  let isExecutable = false;
  let remaining = 0;
  let padding = 0;
  let total = 0;

  return {
    push(chunk) {
      let offset = 0;
      while (offset < chunk.length && position !== 'done' && position !== 'daemon-error') {
        offset = take(chunk, offset);
      }
      total += offset;
      return { consumed: offset, done: position === 'done', daemonError: position === 'daemon-error' };
    },
  };

  function take(chunk: Uint8Array, offset: number): number {
    if (position === 'contents') return takeContents(chunk, offset);
    if (position === 'contents-padding') return takePadding(chunk, offset);
    let next = offset;
    if (reader.length() === undefined) {
      next = reader.takeLength(chunk, offset);
      const length = reader.length();
      if (length === undefined) return next;
      if (position === 'contents-length') {
        beginContents(length, total + next);
        return next;
      }
      if (length === DAEMON_ERROR_TAG) {
        position = 'daemon-error';
        return next;
      }
      if (length > MAX_TARGET_BYTES) throw malformed(`a string of ${length} bytes`);
    }
    next = reader.takePayload(chunk, next);
    const payload = reader.payload();
    if (payload !== undefined) {
      const word = toByteString(payload);
      reader.reset();
      accept(word);
    }
    return next;
  }

  function beginContents(length: number, consumed: number): void {
    reader.reset();
    const available = (options.narSizeBytes ?? Number.POSITIVE_INFINITY) - consumed;
    if (length > available) {
      if (length !== DAEMON_ERROR_TAG)
        throw malformed(`contents of ${length} bytes, beyond the archive's end`);
      position = 'daemon-error';
      return;
    }
    visitor.file?.(path.text(), { isExecutable, sizeBytes: length });
    remaining = length;
    padding = paddingLength(length);
    position = 'contents';
    if (remaining === 0) endContents();
  }

  function takeContents(chunk: Uint8Array, offset: number): number {
    const end = Math.min(chunk.length, offset + remaining);
    visitor.contents?.(chunk.subarray(offset, end));
    remaining -= end - offset;
    if (remaining === 0) endContents();
    return end;
  }

  function endContents(): void {
    visitor.endFile?.();
    position = padding === 0 ? 'node-close' : 'contents-padding';
  }

  function takePadding(chunk: Uint8Array, offset: number): number {
    const end = Math.min(chunk.length, offset + padding);
    checkPadding(chunk.subarray(offset, end));
    padding -= end - offset;
    if (padding === 0) position = 'node-close';
    return end;
  }

  function accept(word: string): void {
    if (isFixed(position)) {
      const [expected, next] = FIXED_WORDS[position];
      return expect(word, expected, next);
    }
    switch (position) {
      case 'type':
        return acceptType(word);
      case 'regular-field':
        isExecutable = word === 'executable';
        if (isExecutable) position = 'executable-value';
        else expect(word, 'contents', 'contents-length');
        return;
      case 'target':
        if (word === '' || word.includes('\0')) throw malformed('an empty or NUL-bearing symlink target');
        visitor.symlink?.(path.text(), word);
        position = 'node-close';
        return;
      case 'name':
        path.enterEntry(word);
        position = 'node-key';
        return;
      case 'entry-or-close':
        if (word === 'entry') position = 'entry-open';
        else {
          expect(word, ')', 'entry-close');
          path.leaveDirectory();
          visitor.endDirectory?.();
          endNode();
        }
        return;
      case 'node-close':
        expect(word, ')', 'entry-close');
        return endNode();
      case 'entry-close':
        path.leaveEntry();
        return expect(word, ')', 'entry-or-close');
      case 'contents-length':
      case 'contents':
      case 'contents-padding':
      case 'done':
      case 'daemon-error':
        throw malformed('a word out of place');
    }
  }

  function acceptType(word: string): void {
    if (word === 'directory') {
      visitor.directory?.(path.text());
      path.enterDirectory();
      position = 'entry-or-close';
    } else if (word === 'regular') position = 'regular-field';
    else if (word === 'symlink') position = 'target-key';
    else throw malformed(`the node type ${JSON.stringify(word)}`);
  }

  function expect(word: string, expected: string, next: Position): void {
    if (word !== expected) {
      throw malformed(`${JSON.stringify(word.slice(0, 100))} where ${JSON.stringify(expected)} belongs`);
    }
    position = next;
  }

  function endNode(): void {
    if (path.isRoot()) position = 'done';
  }

  function malformed(what: string): DispatchError {
    const where = path.isRoot() ? 'at its root' : `at ${JSON.stringify(path.text())}`;
    return new DispatchError('protocol', `malformed NAR ${where}: ${what}`);
  }
}

function isFixed(position: Position): position is FixedPosition {
  return Object.hasOwn(FIXED_WORDS, position);
}
