import type { FullResults } from '../../src/report/full-results.ts';
import type { Strike } from './soak-faults.ts';

/** What came of all strikes of one kind. */
export interface SoakRow {
  readonly fault: string;
  readonly times: number;
  /** Builds that ran on the machines when they were struck. */
  readonly inFlight: number;
  /** Attempts that came to nothing there before the next strike, of builds that ended as they should. */
  readonly moved: number;
  /** The same of builds that did not. */
  readonly lost: number;
  /** From each strike that cost something to the end of the first attempt that it cost. */
  readonly noticedSeconds: readonly number[];
  /** How those attempts were classed. */
  readonly classes: readonly string[];
}

/** A build that did not end as it should have. */
export interface WrongEnd {
  readonly name: string;
  readonly expected: string;
  readonly outcome: string;
  readonly message: string;
}

/** Builds that ended otherwise than they had to, and those that nothing is known of. */
export function wrongEnds(results: FullResults, expected: ReadonlyMap<string, string>): readonly WrongEnd[] {
  const ends = new Map(results.builds.map((build) => [build.name, build]));
  return [...expected].flatMap(([name, wanted]) => {
    const build = ends.get(name);
    const outcome = build?.outcome ?? 'unknown';
    // A machine can finish a build that we were cut off from; whoever tries it there again finds it done.
    const isThere = wanted === 'built' && outcome === 'already-valid';
    return isThere || outcome === wanted
      ? []
      : [{ name, expected: wanted, outcome, message: build?.message ?? '' }];
  });
}

/** Gives every attempt that came to nothing through a machine to the strike before it. */
export function tallyStrikes(
  results: FullResults,
  strikes: readonly Strike[],
  wrong: readonly WrongEnd[],
): readonly SoakRow[] {
  const isWrong = new Set(wrong.map(({ name }) => name));
  const attempts = results.builds.flatMap(({ name, attempts }) =>
    attempts.map((attempt) => ({ ...attempt, isLost: isWrong.has(name) })),
  );
  const rows = new Map<string, SoakRow>();
  for (const [index, { fault, host, atMs }] of strikes.entries()) {
    const next = strikes.slice(index + 1).find((other) => other.host === host)?.atMs ?? Infinity;
    const here = attempts.filter(({ builder }) => builder === host.address);
    const inFlight = here.filter(
      ({ startedAtMs, finishedAtMs }) => startedAtMs <= atMs && finishedAtMs > atMs,
    );
    const hit = here.filter(
      ({ result, finishedAtMs }) =>
        result === 'infrastructure' && finishedAtMs >= atMs && finishedAtMs < next,
    );
    const first = Math.min(...hit.map(({ finishedAtMs }) => finishedAtMs));
    const known = rows.get(fault);
    rows.set(fault, {
      fault,
      times: (known?.times ?? 0) + 1,
      inFlight: (known?.inFlight ?? 0) + inFlight.length,
      moved: (known?.moved ?? 0) + hit.filter(({ isLost }) => !isLost).length,
      lost: (known?.lost ?? 0) + hit.filter(({ isLost }) => isLost).length,
      noticedSeconds: [...(known?.noticedSeconds ?? []), ...(hit.length > 0 ? [(first - atMs) / 1000] : [])],
      classes: [...new Set([...(known?.classes ?? []), ...hit.map(({ result }) => result)])],
    });
  }
  return [...rows.values()].sort((one, other) => one.fault.localeCompare(other.fault));
}

/** The rows as a table in markdown. */
export function soakTable(rows: readonly SoakRow[]): string {
  const head = ['Fault', 'Times', 'In flight', 'Moved', 'Lost', 'Noticed after (median, longest)', 'Class'];
  const cells = rows.map(({ fault, times, inFlight, moved, lost, noticedSeconds, classes }) => {
    const sorted = [...noticedSeconds].sort((one, other) => one - other);
    const median = sorted[Math.floor(sorted.length / 2)];
    const noticed =
      median === undefined ? '–' : `${median.toFixed(1)} s, ${(sorted.at(-1) ?? median).toFixed(1)} s`;
    return [
      fault,
      String(times),
      String(inFlight),
      String(moved),
      String(lost),
      noticed,
      classes.join(', ') || '–',
    ];
  });
  const widths = head.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}
