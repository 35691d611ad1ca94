import type { BuildReport } from '../report/run-report.ts';

/** What the service says that one derivation used, all its builds of this invocation together. */
export interface ServiceUsage {
  /** Whole seconds, rounded up for each build by the service. */
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number | undefined;
}

/** Usage by `.drv` path. */
export type UsageByDerivation = ReadonlyMap<string, ServiceUsage>;

/** Reads the answer to `GET /builds`; undefined when it is not a list of builds. Builds without CPU time are left out. */
export function parseUsage(answer: unknown): UsageByDerivation | undefined {
  if (!Array.isArray(answer)) return undefined;
  const usage = new Map<string, ServiceUsage>();
  for (const build of answer as readonly unknown[]) {
    if (typeof build !== 'object' || build === null) return undefined;
    const drvPath = 'derivation_path' in build ? build.derivation_path : undefined;
    const cpuSeconds = 'cpu_seconds' in build ? numberOf(build.cpu_seconds) : undefined;
    if (typeof drvPath !== 'string') return undefined;
    if (cpuSeconds === undefined) continue;
    const peak = 'peak_memory_use_kilobytes' in build ? numberOf(build.peak_memory_use_kilobytes) : undefined;
    const known = usage.get(drvPath);
    const peaks = [known?.peakMemoryBytes, peak === undefined ? undefined : peak * 1000].filter(
      (bytes) => bytes !== undefined,
    );
    usage.set(drvPath, {
      cpuSeconds: (known?.cpuSeconds ?? 0) + cpuSeconds,
      peakMemoryBytes: peaks.length === 0 ? undefined : Math.max(...peaks),
    });
  }
  return usage;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Whether the service built it, so that it has to know its usage. */
export function ranAt(build: BuildReport, builders: ReadonlySet<string>): boolean {
  return build.attempts.some(({ builder }) => builders.has(builder));
}

/** The builds with what the service says of them, where nothing was measured. */
export function withUsage(
  builds: readonly BuildReport[],
  usage: UsageByDerivation,
  builders: ReadonlySet<string>,
): readonly BuildReport[] {
  return builds.map((build) => {
    const used = ranAt(build, builders) ? usage.get(build.drvPath) : undefined;
    if (used === undefined) return build;
    const { cpuSeconds, peakMemoryBytes } = used;
    const told: Pick<BuildReport, 'cpu' | 'peakMemoryBytes'> = {
      cpu: { seconds: cpuSeconds, source: 'service' },
      peakMemoryBytes: build.peakMemoryBytes ?? peakMemoryBytes,
    };
    return Object.assign({}, build, told);
  });
}
