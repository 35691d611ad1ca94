import { Header } from 'tar/header';
import { Pax } from 'tar/pax';

import { byteStringToText, fromByteString, type ByteString } from '../../nix/byte-string.ts';
import type { NarPath, NarVisitor } from '../../nix/nar/visitor.ts';

const BLOCK_BYTES = 512;
/** Two of zeros end an archive. */
export const TAR_END = new Uint8Array(2 * BLOCK_BYTES);

/** When everything in a store was last changed: a second after the epoch. */
const modified = new Date(1000);

type EntryType = 'File' | 'Directory' | 'SymbolicLink';

interface TarEntry {
  readonly type: EntryType;
  readonly mode: number;
  readonly sizeBytes?: number;
  readonly linkpath?: string;
}

/**
 * Makes a visitor that writes the tree it is told about as entries of a tar archive. Files can be written by whoever unpacks them, and
 * have the executable bit that Nix keeps; there is no owner.
 *
 * @param root name of the tree's root in the archive
 * @param emit takes the archive's bytes in order; contents are passed on as they came, so they are only lent
 * @param omit told about what has a name or target that is not UTF-8, which these archives can't hold
 */
export function createTarVisitor(
  root: string,
  emit: (bytes: Uint8Array) => void,
  omit: (path: string) => void,
): NarVisitor {
  let padding = 0;
  let isOmitted = false;

  /** False when it can't be in the archive. */
  const begin = (path: NarPath, entry: TarEntry, target: ByteString = ''): boolean => {
    const name = path === '' ? root : `${root}/${byteStringToText(path)}`;
    if (!isUtf8(path) || !isUtf8(target)) {
      omit(name);
      return false;
    }
    emit(encodeHeader(name, entry));
    return true;
  };

  return {
    directory: (path) => void begin(path, { type: 'Directory', mode: 0o755 }),
    endDirectory() {},
    file(path, { isExecutable, sizeBytes }) {
      isOmitted = !begin(path, { type: 'File', mode: isExecutable ? 0o755 : 0o644, sizeBytes });
      padding = (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
    },
    contents(chunk) {
      if (!isOmitted) emit(chunk);
    },
    endFile() {
      if (!isOmitted && padding > 0) emit(new Uint8Array(padding));
    },
    symlink: (path, target) =>
      void begin(path, { type: 'SymbolicLink', mode: 0o777, linkpath: byteStringToText(target) }, target),
  };
}

function encodeHeader(path: string, { type, mode, sizeBytes = 0, linkpath }: TarEntry): Uint8Array {
  const fields = {
    path,
    mode,
    size: sizeBytes,
    mtime: modified,
    uid: 0,
    gid: 0,
    ...(linkpath === undefined ? {} : { linkpath }),
  };
  const header = new Header({ ...fields, type });
  const block = Buffer.alloc(BLOCK_BYTES);
  if (!header.encode(block)) return block;
  // Names that are long or not ASCII, and sizes above 8 GiB, stand in an entry before it.
  return Buffer.concat([new Pax(fields).encode(), block]);
}

function isUtf8(text: ByteString): boolean {
  const bytes = fromByteString(text);
  return Buffer.from(byteStringToText(text)).equals(bytes);
}
