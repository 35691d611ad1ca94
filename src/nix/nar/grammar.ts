import type { ByteString } from '../byte-string.ts';
import { DispatchError } from '../../errors.ts';
import { NAR_MAGIC } from './limits.ts';
import { createNarPath } from './nar-path.ts';
import type { NarVisitor } from './visitor.ts';

/** What belongs there next: a word, the length of a file's contents, or nothing as the archive is complete. */
export type NarExpectation = 'word' | 'contents-length' | 'done';

/** The words of an archive, whatever way they are cut out of its bytes (grammar and rules: protocol §16). */
export interface NarGrammar {
  /** Takes the next word. Throws DispatchError `protocol` when it does not belong there. */
  accept(word: ByteString): NarExpectation;
  /** Takes the length of a file's contents; the next word is the one behind them. */
  beginFile(sizeBytes: number): void;
  /** The error for what is wrong at this place of the archive. */
  malformed(what: string): DispatchError;
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
type Position = FixedPosition | ChoicePosition | 'contents-length' | 'done';

/** Starts before the first word of an archive. Tells a visitor of its nodes, but not of what is in files. */
export function createNarGrammar(visitor: Partial<NarVisitor>): NarGrammar {
  const path = createNarPath();
  let position: Position = 'magic';
  let isExecutable = false;

  return {
    accept(word) {
      if (isFixed(position)) {
        const [expected, next] = FIXED_WORDS[position];
        expect(word, expected, next);
      } else choose(position, word);
      return position === 'contents-length' || position === 'done' ? position : 'word';
    },
    beginFile(sizeBytes) {
      visitor.file?.(path.text(), { isExecutable, sizeBytes });
      position = 'node-close';
    },
    malformed,
  };

  function choose(at: Exclude<Position, FixedPosition>, word: ByteString): void {
    switch (at) {
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
      case 'done':
        throw malformed('a word out of place');
    }
  }

  function acceptType(word: ByteString): void {
    if (word === 'directory') {
      visitor.directory?.(path.text());
      path.enterDirectory();
      position = 'entry-or-close';
    } else if (word === 'regular') position = 'regular-field';
    else if (word === 'symlink') position = 'target-key';
    else throw malformed(`the node type ${JSON.stringify(word)}`);
  }

  function expect(word: ByteString, expected: string, next: Position): void {
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
