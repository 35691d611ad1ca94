import type { AttemptReport, BuildReport } from '../run-report.ts';

/**
 * The slot of every attempt: the one that was recorded for the last of a build, else the first that was free then, so
 * that no two bars of a builder's timeline lie on one another.
 */
export function slotsOf(builds: readonly BuildReport[]): ReadonlyMap<AttemptReport, number> {
  const byBuilder = new Map<string, { attempt: AttemptReport; recorded: number | undefined }[]>();
  for (const build of builds) {
    for (const [index, attempt] of build.attempts.entries()) {
      const recorded = index === build.attempts.length - 1 ? build.slot : undefined;
      const known = byBuilder.get(attempt.builder);
      if (known === undefined) byBuilder.set(attempt.builder, [{ attempt, recorded }]);
      else known.push({ attempt, recorded });
    }
  }
  const slots = new Map<AttemptReport, number>();
  for (const attempts of byBuilder.values()) {
    const busyUntil: number[] = [];
    attempts.sort((a, b) => a.attempt.startedAtMs - b.attempt.startedAtMs);
    for (const { attempt, recorded } of attempts) {
      const isFree = (slot: number) => (busyUntil[slot] ?? Number.NEGATIVE_INFINITY) <= attempt.startedAtMs;
      const slot = recorded !== undefined && isFree(recorded) ? recorded : firstSlot(isFree);
      busyUntil[slot] = attempt.finishedAtMs;
      slots.set(attempt, slot);
    }
  }
  return slots;
}

function firstSlot(isFree: (slot: number) => boolean): number {
  let slot = 0;
  while (!isFree(slot)) slot += 1;
  return slot;
}
