import { createNarParser } from '../../nix/nar/parser.ts';
import { createByteFeed } from './byte-feed.ts';
import { createTarVisitor, TAR_END } from './tar-visitor.ts';

/** A tar archive of a job's outputs that grows. */
export interface OutputTar {
  /** The tree of the next NAR gets this name. */
  begin(root: string): void;
  /** Takes bytes of that NAR. */
  write(chunk: Uint8Array): Promise<void>;
  /** Paths that could not be in it. Untrusted text. */
  finish(): Promise<readonly string[]>;
  abandon(): Promise<void>;
}

/** Begins an archive; the file has its name once it is whole. */
export function createOutputTar(path: string, partialPath: string): OutputTar {
  const feed = createByteFeed(path, partialPath);
  const omitted: string[] = [];
  let pieces: Uint8Array[] = [];
  let parser = createNarParser();
  return {
    begin(root) {
      const visitor = createTarVisitor(
        root,
        (bytes) => void pieces.push(bytes),
        (name) => void omitted.push(name),
      );
      parser = createNarParser(visitor);
    },
    async write(chunk) {
      parser.push(chunk);
      const ready = pieces;
      pieces = [];
      // They are views of the chunk: the next one may be asked for only when they have been taken.
      for (const piece of ready) await feed.write(piece);
    },
    async finish() {
      await feed.write(TAR_END);
      await feed.finish();
      return omitted;
    },
    abandon: () => feed.abandon(),
  };
}
