import type { BuildReport, BuilderReport } from '../report/run-report.ts';

/** Adds to a builder's report how long its slots were busy: every attempt counts, the lost ones too. */
export function withBusyTime(
  builds: readonly BuildReport[],
): (report: Omit<BuilderReport, 'busySeconds'>) => BuilderReport {
  const busy = new Map<string, number>();
  for (const { builder, startedAtMs, finishedAtMs } of builds.flatMap(({ attempts }) => attempts)) {
    busy.set(builder, (busy.get(builder) ?? 0) + (finishedAtMs - startedAtMs) / 1000);
  }
  return (report) => ({ ...report, busySeconds: busy.get(report.name) ?? 0 });
}
