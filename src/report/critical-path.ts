import type { BuildReport } from './run-report.ts';

/** A build that ran, with its times known. */
export interface TimedBuild {
  readonly build: BuildReport;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}

/** The builds that ran, in the order in which they began. */
export function timedBuilds(builds: readonly BuildReport[]): readonly TimedBuild[] {
  return builds
    .flatMap((build) => {
      const { startedAtMs, finishedAtMs } = build;
      return startedAtMs === undefined || finishedAtMs === undefined
        ? []
        : [{ build, startedAtMs, finishedAtMs }];
    })
    .sort((a, b) => a.startedAtMs - b.startedAtMs);
}

/**
 * The chain that kept the run from ending earlier: the build that ended last, the one of its dependencies that ended
 * last, and so on down; first build first. Time between two of them went into waiting for a slot or for copying.
 */
export function criticalPath(timed: readonly TimedBuild[]): readonly TimedBuild[] {
  const byPath = new Map(timed.map((one) => [one.build.drvPath, one]));
  // A set, since a wrong clock or graph must not make this go round in circles.
  const path = new Set<TimedBuild>();
  let current = lastToFinish(timed);
  while (current !== undefined) {
    path.add(current);
    const { startedAtMs } = current;
    const below: TimedBuild[] = [];
    for (const drvPath of current.build.dependencies) {
      const dependency = byPath.get(drvPath);
      const isBefore = dependency !== undefined && dependency.finishedAtMs <= startedAtMs;
      if (isBefore && !path.has(dependency)) below.push(dependency);
    }
    current = lastToFinish(below);
  }
  return [...path].reverse();
}

function lastToFinish(timed: readonly TimedBuild[]): TimedBuild | undefined {
  let last: TimedBuild | undefined;
  for (const one of timed) {
    if (last === undefined || one.finishedAtMs > last.finishedAtMs) last = one;
  }
  return last;
}
