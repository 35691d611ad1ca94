/** Prints lines in the order in which their places were taken, which for some is before they are known. */
export interface OrderedLines {
  print(lines: readonly string[]): void;
  /** Takes a place. What is printed after it waits until the lines are there, but not for ever. */
  reserve(): (lines: readonly string[]) => void;
  /** Prints what has waited too long. */
  flush(): void;
}

interface Place {
  readonly takenAtMs: number;
  lines: readonly string[] | undefined;
  /** Passed over: its lines are printed when they come. */
  isLate: boolean;
}

/**
 * @param patienceMs how long lines that are known wait for some that are not
 * @param nowMs a clock that never goes back
 */
export function createOrderedLines(
  print: (line: string) => void,
  patienceMs: number,
  nowMs: () => number,
): OrderedLines {
  // Taking the first element off a long array moves all others, and a build may have printed 100,000 lines meanwhile.
  const places = new Set<Place>();
  const flush = (): void => {
    for (const first of places) {
      if (first.lines === undefined && nowMs() - first.takenAtMs < patienceMs) return;
      places.delete(first);
      if (first.lines === undefined) first.isLate = true;
      for (const line of first.lines ?? []) print(line);
    }
  };
  const take = (lines: readonly string[] | undefined): Place => {
    const place = { takenAtMs: nowMs(), lines, isLate: false };
    places.add(place);
    flush();
    return place;
  };
  return {
    flush,
    print: (lines) => void take(lines),
    reserve() {
      const place = take(undefined);
      return (lines) => {
        place.lines = lines;
        if (place.isLate) take(lines);
        else flush();
      };
    },
  };
}
