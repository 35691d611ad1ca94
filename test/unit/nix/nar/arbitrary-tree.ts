import * as fc from 'fast-check';
import type { NarNode } from '../../../../src/nix/nar/tree.ts';

const entryName = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('latin1'))
  .filter((name) => !/[/\0]/.test(name) && name !== '.' && name !== '..');

/** Trees of files, symlinks and directories with names and contents of any bytes. */
export const arbitraryTree: fc.Arbitrary<NarNode> = fc.letrec<{ node: NarNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.record({
      kind: fc.constant('regular' as const),
      isExecutable: fc.boolean(),
      contents: fc.uint8Array({ maxLength: 40 }),
    }),
    fc.record({ kind: fc.constant('symlink' as const), target: entryName }),
    fc.record({
      kind: fc.constant('directory' as const),
      entries: fc.array(fc.tuple(entryName, tie('node')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    }),
  ),
})).node;
