import type { BuilderReport, BuildReport } from './run-report.ts';
import type { RunTotals } from './totals.ts';

/** What one builder was used for. */
export interface BuilderUse {
  /** Builds that it tried, each once. */
  readonly builds: number;
  /** Undefined where that of no build is known. */
  readonly cpuSeconds: number | undefined;
}

/** By the name of the builder; those that tried nothing are not in it. CPU time is that of the last attempt. */
export function buildsByBuilder(builds: readonly BuildReport[]): ReadonlyMap<string, BuilderUse> {
  const used = new Map<string, { builds: number; cpuSeconds: number | undefined }>();
  for (const build of builds) {
    const last = build.attempts.at(-1)?.builder;
    for (const builder of new Set(build.attempts.map((attempt) => attempt.builder))) {
      const use = used.get(builder) ?? { builds: 0, cpuSeconds: undefined };
      use.builds += 1;
      if (builder === last && build.cpu !== undefined)
        use.cpuSeconds = (use.cpuSeconds ?? 0) + build.cpu.seconds;
      used.set(builder, use);
    }
  }
  return used;
}

/** Systems for a person: levels of an instruction set (`x86_64-v3-linux`), which Nix counts as systems too, say nothing new. */
export function systemsText(systems: readonly string[]): string {
  const plain = systems.filter((system) => !/-v\d+-/.test(system));
  return (plain.length === 0 ? systems : plain).join(', ');
}

/** ` (57 %)`: busy slots of all slots, from the start of the run to its end; empty for a run without any. */
export function utilisation(builder: BuilderReport, { wallSeconds }: RunTotals): string {
  const slotSeconds = wallSeconds * builder.maxJobs;
  return slotSeconds > 0 ? ` (${Math.round((100 * builder.busySeconds) / slotSeconds)} %)` : '';
}
