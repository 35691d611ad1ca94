/** What the log of a soak tells, line by line. */
export interface LogReader {
  /** Takes in everything printed so far; `atMs` on any clock that does not run backwards. */
  read(printed: string, atMs: number): void;
  /** `339 built, 12 times again; running: 4 on b1, 2 on b2; away: b3`. */
  describe(): string;
  /** The longest time in which no attempt ended, up to the last end. */
  readonly longestQuietMs: number;
}

const started = /^(\S+): building on (\S+)$/;
const ended = /^(\S+) (\S+): .* on (\S+) in /;
const joined = /^builder (\S+): (?:back, )?Nix /;
const lost = /^builder (\S+): .*(?:was lost|sent nothing|does not answer)/;

/** Nothing has been printed yet. */
export function createLogReader(): LogReader {
  const builders = new Map<string, Set<string> | 'away'>();
  const built = new Set<string>();
  let again = 0;
  let seen = 0;
  let endedAtMs: number | undefined;
  let longestQuietMs = 0;

  const runningOn = (builder: string): Set<string> => {
    const known = builders.get(builder);
    if (known !== undefined && known !== 'away') return known;
    const running = new Set<string>();
    builders.set(builder, running);
    return running;
  };

  const takeIn = (line: string, atMs: number): void => {
    const [, building, on] = started.exec(line) ?? [];
    if (building !== undefined && on !== undefined) runningOn(on).add(building);
    const [, sign, done, builder] = ended.exec(line) ?? [];
    if (done !== undefined && builder !== undefined) {
      const running = builders.get(builder);
      if (running !== 'away') running?.delete(done);
      if (sign === '✅' && built.has(done)) again += 1;
      if (sign === '✅') built.add(done);
      if (endedAtMs !== undefined) longestQuietMs = Math.max(longestQuietMs, atMs - endedAtMs);
      endedAtMs = atMs;
    }
    const [, back] = joined.exec(line) ?? [];
    if (back !== undefined) builders.set(back, new Set());
    const [, away] = lost.exec(line) ?? [];
    if (away !== undefined) builders.set(away, 'away');
  };

  return {
    read(printed, atMs) {
      const end = printed.lastIndexOf('\n') + 1;
      for (const line of printed.slice(seen, end).split('\n')) takeIn(line, atMs);
      seen = end;
    },
    describe() {
      const running = [...builders].flatMap(([name, builds]) =>
        builds === 'away' ? [] : `${builds.size} on ${name}`,
      );
      const away = [...builders].flatMap(([name, builds]) => (builds === 'away' ? [name] : []));
      const parts = [
        `${built.size} built${again === 0 ? '' : `, ${again} times again`}`,
        ...(running.length === 0 ? [] : [`running: ${running.join(', ')}`]),
        ...(away.length === 0 ? [] : [`away: ${away.join(', ')}`]),
      ];
      return parts.join('; ');
    },
    get longestQuietMs() {
      return longestQuietMs;
    },
  };
}
