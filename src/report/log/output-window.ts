/** The end of what a build has said, as much of it as is worth keeping in memory. */
export interface OutputWindow {
  readonly lines: readonly string[];
  /** Lines that came before them. */
  readonly omitted: number;
  push(line: string): void;
}

/** @param mostCharacters of all lines together; the last line stays whatever its length is */
export function createOutputWindow(mostCharacters: number): OutputWindow {
  const all: string[] = [];
  let first = 0;
  let characters = 0;
  let dropped = 0;
  return {
    get lines() {
      return all.slice(first);
    },
    get omitted() {
      return dropped;
    },
    push(line) {
      all.push(line);
      characters += line.length;
      while (characters > mostCharacters && first < all.length - 1) {
        characters -= all[first]?.length ?? 0;
        all[first] = '';
        first += 1;
        dropped += 1;
      }
      // Moving the rest forward for each line would cost a build that never stops talking too much.
      if (first > 4096 && first > all.length / 2) {
        all.splice(0, first);
        first = 0;
      }
    },
  };
}
