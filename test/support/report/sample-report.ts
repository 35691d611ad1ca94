import type {
  BuilderReport,
  BuildReport,
  JobReport,
  Outcome,
  RunReport,
} from '../../../src/report/run-report.ts';

/** Epoch milliseconds at which sample runs start: 2026-11-22 00:00:00 UTC. */
export const SAMPLE_START_MS = 1_795_305_600_000;

/** A store path of a derivation whose hash part is made of the name: readable, not valid for any store. */
export function sampleDrvPath(name: string): string {
  return `/nix/store/${name
    .replace(/[^a-z0-9]/g, '')
    .padEnd(32, '0')
    .slice(0, 32)}-${name}.drv`;
}

/** A job of `checks.x86_64-linux` that was built on b1, unless said otherwise. */
export function sampleJob(attr: string, changes: Partial<JobReport> = {}): JobReport {
  return {
    topAttr: 'checks',
    system: 'x86_64-linux',
    attr,
    path: ['checks', 'x86_64-linux', attr],
    label: `${attr} [x86_64-linux]`,
    name: `${attr}-1.0`,
    description: '',
    drvPath: sampleDrvPath(attr),
    outputs: { out: sampleDrvPath(attr).replace(/\.drv$/, '') },
    outcome: { kind: 'built', builder: 'b1' },
    requiredFeatures: [],
    evaluationSeconds: 0.25,
    evaluationMemoryBytes: undefined,
    warnings: [],
    ...changes,
  };
}

/** The build behind {@link sampleJob}: ten seconds of wall time, eight of CPU time. */
export function sampleBuild(name: string, changes: Partial<BuildReport> = {}): BuildReport {
  const outcome: Outcome = changes.outcome ?? { kind: 'built', builder: 'b1' };
  const startedAtMs = SAMPLE_START_MS + 1000;
  const finishedAtMs = SAMPLE_START_MS + 11_000;
  return {
    drvPath: sampleDrvPath(name),
    name: `${name}-1.0`,
    system: 'x86_64-linux',
    outcome,
    startedAtMs,
    finishedAtMs,
    cpu: { seconds: 8, source: 'proc' },
    peakMemoryBytes: undefined,
    slot: 0,
    outputs: { out: sampleDrvPath(name).replace(/\.drv$/, '') },
    outputBytes: 2048,
    copiedBytes: 1024,
    attempts: [{ builder: 'b1', startedAtMs, finishedAtMs, result: 'built', message: '' }],
    dependencies: [],
    logTail: [],
    logLines: 0,
    logFile: undefined,
    ...changes,
  };
}

export function sampleBuilder(name: string, changes: Partial<BuilderReport> = {}): BuilderReport {
  return {
    name,
    systems: ['x86_64-linux'],
    maxJobs: 2,
    nixVersion: '2.34.8',
    connectSeconds: 0.3,
    busySeconds: 20,
    bytesReceived: 1024,
    bytesSent: 4096,
    trouble: [],
    ...changes,
  };
}

/** A run of two minutes without jobs, to be filled in. */
export function sampleReport(changes: Partial<RunReport> = {}): RunReport {
  return {
    schemaVersion: 1,
    flake: '.',
    lockedFlake: undefined,
    selection: { topAttrs: ['checks', 'packages'], filter: 'true', failOnEmpty: false },
    startedAtMs: SAMPLE_START_MS,
    finishedAtMs: SAMPLE_START_MS + 119_700,
    evaluationSeconds: 3.2,
    evaluatedAttributes: 12,
    jobs: [],
    builds: [],
    builders: [sampleBuilder('b1')],
    notices: [],
    cancelled: false,
    ...changes,
  };
}
