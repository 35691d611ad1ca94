import { DispatchError } from '../../errors.ts';
import { fromByteString } from '../byte-string.ts';
import type { ByteString } from '../byte-string.ts';
import { MAX_TARGET_BYTES, NAR_MAGIC, paddingLength } from './limits.ts';
import { createNarPath } from './nar-path.ts';
import type { NarVisitor } from './visitor.ts';

const WORD_BYTES = 8;

/**
 * Makes a visitor that writes what it is told about as a NAR. Entries of a directory must come sorted by byte order.
 *
 * @param emit takes the archive's bytes in order; contents are passed on as they came
 * @throws DispatchError `protocol` (from the visitor's methods) on a tree that no NAR can hold
 */
export function createNarWriter(emit: (bytes: Uint8Array) => void): NarVisitor {
  const path = createNarPath();
  let remaining = 0;
  let padding = 0;
  let isEmpty = true;

  return {
    directory(at) {
      beginNode(at, ['type', 'directory']);
      path.enterDirectory();
    },
    endDirectory() {
      path.leaveDirectory();
      endNode();
    },
    file(at, info) {
      beginNode(at, ['type', 'regular', ...(info.isExecutable ? ['executable', ''] : []), 'contents']);
      emit(lengthWord(info.sizeBytes));
      remaining = info.sizeBytes;
      padding = paddingLength(info.sizeBytes);
    },
    contents(chunk) {
      remaining -= chunk.length;
      if (remaining < 0) throw unwritable(`${path.text()} has more contents than announced`);
      emit(chunk);
    },
    endFile() {
      if (remaining > 0) throw unwritable(`${path.text()} lacks ${remaining} bytes of its contents`);
      if (padding > 0) emit(new Uint8Array(padding));
      endNode();
    },
    symlink(at, target) {
      if (target === '' || target.includes('\0') || target.length > MAX_TARGET_BYTES) {
        throw unwritable(`${at} has a target that is empty, has a NUL or is over ${MAX_TARGET_BYTES} bytes`);
      }
      beginNode(at, ['type', 'symlink', 'target', target]);
      endNode();
    },
  };

  function beginNode(at: string, words: readonly ByteString[]): void {
    if (at === '') {
      if (!isEmpty) throw unwritable('a second root');
      emit(encodeStrings([NAR_MAGIC, '(', ...words]));
    } else {
      const name = at.slice(at.lastIndexOf('/') + 1);
      path.enterEntry(name);
      emit(encodeStrings(['entry', '(', 'name', name, 'node', '(', ...words]));
    }
    isEmpty = false;
  }

  function endNode(): void {
    const isRoot = path.isRoot();
    emit(encodeStrings(isRoot ? [')'] : [')', ')']));
    if (!isRoot) path.leaveEntry();
  }
}

function encodeStrings(words: readonly ByteString[]): Uint8Array {
  const sizes = words.map((word) => WORD_BYTES + word.length + paddingLength(word.length));
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  let offset = 0;
  for (const [index, word] of words.entries()) {
    bytes.set(lengthWord(word.length), offset);
    bytes.set(fromByteString(word), offset + WORD_BYTES);
    offset += sizes[index] ?? 0;
  }
  return bytes;
}

function lengthWord(value: number): Uint8Array {
  const bytes = new Uint8Array(WORD_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

function unwritable(reason: string): DispatchError {
  return new DispatchError('protocol', `cannot write this tree as a NAR: ${reason}`);
}
