import { DispatchError } from '../../errors.ts';
import type { ByteString } from '../byte-string.ts';
import { createNarParser } from './parser.ts';
import type { NarPath, NarVisitor } from './visitor.ts';
import { createNarWriter } from './writer.ts';

/** A file tree in memory, as a NAR holds it. */
export type NarNode =
  | { readonly kind: 'regular'; readonly isExecutable: boolean; readonly contents: Uint8Array }
  | { readonly kind: 'symlink'; readonly target: ByteString }
  | { readonly kind: 'directory'; readonly entries: ReadonlyMap<ByteString, NarNode> };

/** Tells the visitor about the tree, entries in byte order. */
function visitTree(node: NarNode, visitor: NarVisitor, path: NarPath = ''): void {
  switch (node.kind) {
    case 'regular':
      visitor.file(path, { isExecutable: node.isExecutable, sizeBytes: node.contents.length });
      if (node.contents.length > 0) visitor.contents(node.contents);
      visitor.endFile();
      return;
    case 'symlink':
      visitor.symlink(path, node.target);
      return;
    case 'directory':
      visitor.directory(path);
      for (const name of [...node.entries.keys()].sort()) {
        const child = node.entries.get(name);
        if (child !== undefined) visitTree(child, visitor, path === '' ? name : `${path}/${name}`);
      }
      visitor.endDirectory();
  }
}

/** The NAR of a tree, whole. Throws DispatchError `protocol` on names or targets that no NAR can hold. */
export function encodeNar(tree: NarNode): Uint8Array {
  const chunks: Uint8Array[] = [];
  visitTree(
    tree,
    createNarWriter((bytes) => chunks.push(bytes)),
  );
  return concatenate(chunks);
}

/** Reads a whole small NAR. Throws DispatchError `protocol` when it is malformed, cut short or followed by bytes. */
export function decodeNar(bytes: Uint8Array): NarNode {
  const builder = createTreeBuilder();
  const { consumed, done } = createNarParser(builder.visitor, { narSizeBytes: bytes.length }).push(bytes);
  const tree = builder.tree();
  if (!done || tree === undefined) throw new DispatchError('protocol', 'the NAR ends too early');
  if (consumed < bytes.length) {
    throw new DispatchError('protocol', `${bytes.length - consumed} bytes follow the end of the NAR`);
  }
  return tree;
}

/** Makes a visitor that gathers what it is told about; `tree` gives the root once there is one. */
export function createTreeBuilder(): { readonly visitor: NarVisitor; tree(): NarNode | undefined } {
  let root: NarNode | undefined;
  const open: Map<ByteString, NarNode>[] = [];
  let file: { path: NarPath; isExecutable: boolean; chunks: Uint8Array[] } | undefined;

  function place(path: NarPath, node: NarNode): void {
    const directory = open.at(-1);
    if (directory === undefined) root = node;
    else directory.set(path.slice(path.lastIndexOf('/') + 1), node);
  }

  return {
    tree: () => root,
    visitor: {
      directory(path) {
        const entries = new Map<ByteString, NarNode>();
        place(path, { kind: 'directory', entries });
        open.push(entries);
      },
      endDirectory() {
        open.pop();
      },
      file(path, { isExecutable }) {
        file = { path, isExecutable, chunks: [] };
      },
      contents(chunk) {
        file?.chunks.push(chunk.slice());
      },
      endFile() {
        if (file === undefined) return;
        const { path, isExecutable, chunks } = file;
        place(path, { kind: 'regular', isExecutable, contents: concatenate(chunks) });
      },
      symlink(path, target) {
        place(path, { kind: 'symlink', target });
      },
    },
  };
}

function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
