import { createNarParser } from '../../nix/nar/parser.ts';
import { createByteFeed } from './byte-feed.ts';
import { createTarVisitor, TAR_END } from './tar-visitor.ts';

/** What could not be in an archive. */
export interface Omissions {
  readonly count: number;
  /** One of them, '' where there are none. Untrusted text. */
  readonly first: string;
}

/** A tar archive of a job's outputs that grows. */
export interface OutputTar {
  /** The tree of the next NAR gets this name. */
  begin(root: string): void;
  /** Takes bytes of that NAR. */
  write(chunk: Uint8Array): Promise<void>;
  finish(): Promise<Omissions>;
  abandon(): Promise<void>;
}

/** Begins an archive; the file has its name once it is whole. */
export function createOutputTar(path: string, partialPath: string): OutputTar {
  const feed = createByteFeed(path, partialPath);
  let omitted: Omissions = { count: 0, first: '' };
  let pieces: Uint8Array[] = [];
  let parser = createNarParser();
  return {
    begin(root) {
      const visitor = createTarVisitor(
        root,
        (bytes) => void pieces.push(bytes),
        (name) => {
          omitted = { count: omitted.count + 1, first: omitted.first || name };
        },
      );
      parser = createNarParser(visitor);
    },
    async write(chunk) {
      parser.push(chunk);
      const ready = pieces;
      pieces = [];
      // Who reads the NAR waits for the disk: an output can be larger than memory.
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
