import { fileNameOf } from '../../../src/report/file-name.ts';
import type { BuildReport, JobReport, Outcome, RunReport } from '../../../src/report/run-report.ts';
import {
  SAMPLE_START_MS,
  sampleBuild,
  sampleBuilder,
  sampleDrvPath,
  sampleJob,
  sampleReport,
} from './sample-report.ts';

/** What the jobs of a {@link largeReport} are like. */
export interface LargeReportOptions {
  readonly jobs: number;
  /** Every n-th job has this outcome; 0 for none. */
  readonly failedEvery: number;
  readonly blockedEvery: number;
  readonly cachedEvery: number;
  readonly evaluationFailedEvery: number;
  /** Names and log lines are taken from here in turn, after a number that keeps them apart. */
  readonly texts: readonly string[];
  readonly logLines: number;
}

export const LARGE: LargeReportOptions = {
  jobs: 5000,
  failedEvery: 50,
  blockedEvery: 20,
  cachedEvery: 3,
  evaluationFailedEvery: 500,
  texts: ['package'],
  logLines: 20,
};

const BUILDERS = ['b1', 'b2', 'b3', 'b4'];
const SLOTS = 8;
const BUILD_MS = 4000;

/** A run on four builders of eight slots, each busy all the time; every build needs up to three earlier ones. */
export function largeReport(options: LargeReportOptions): RunReport {
  const root = sampleDrvPath('libroot');
  const jobs: JobReport[] = [];
  const builds: BuildReport[] = [
    sampleBuild('libroot', {
      outcome: { kind: 'failed', builder: 'b1', message: 'exit 2' },
      logTail: ['boom'],
    }),
  ];
  for (let index = 0; index < options.jobs; index += 1) {
    const name = `${index}-${options.texts[index % options.texts.length] ?? ''}`;
    const outcome = outcomeAt(index, options, root);
    const drvPath = outcome.kind === 'evaluation-failed' ? undefined : sampleDrvPath(`p${index}`);
    jobs.push(
      sampleJob(`p${index}`, {
        attr: name,
        path: ['checks', 'x86_64-linux', name],
        label: name,
        name,
        outcome,
        drvPath,
        description: name,
        warnings: index % 100 === 0 ? [name] : [],
      }),
    );
    if (drvPath !== undefined) builds.push(buildAt(index, name, outcome, options));
  }
  return sampleReport({
    jobs,
    builds,
    builders: BUILDERS.map((name) => sampleBuilder(name, { maxJobs: SLOTS, busySeconds: 2000 })),
    finishedAtMs: SAMPLE_START_MS + Math.ceil(options.jobs / (BUILDERS.length * SLOTS)) * BUILD_MS,
  });
}

function outcomeAt(index: number, options: LargeReportOptions, root: string): Outcome {
  const isEvery = (count: number) => count > 0 && index % count === count - 1;
  const builder = BUILDERS[index % BUILDERS.length] ?? 'b1';
  const message = options.texts[(index + 1) % options.texts.length] ?? '';
  if (isEvery(options.evaluationFailedEvery))
    return { kind: 'evaluation-failed', message, position: undefined };
  if (isEvery(options.failedEvery)) return { kind: 'failed', builder, message };
  if (isEvery(options.blockedEvery)) return { kind: 'dependency-failed', root };
  if (isEvery(options.cachedEvery)) return { kind: 'already-valid', where: builder };
  return { kind: 'built', builder };
}

function buildAt(index: number, name: string, outcome: Outcome, options: LargeReportOptions): BuildReport {
  const ran = outcome.kind === 'built' || outcome.kind === 'failed';
  const startedAtMs = SAMPLE_START_MS + Math.floor(index / (BUILDERS.length * SLOTS)) * BUILD_MS;
  const finishedAtMs = startedAtMs + BUILD_MS - (index % 7) * 300;
  const builder = BUILDERS[index % BUILDERS.length] ?? 'b1';
  const below = [index - 32, index - 40, index - 100].filter((other) => other >= 0);
  const logTail = Array.from(
    { length: ran ? options.logLines : 0 },
    (_, line) => options.texts[(index + line) % options.texts.length] ?? '',
  );
  return sampleBuild(`p${index}`, {
    name,
    outcome,
    startedAtMs: ran ? startedAtMs : undefined,
    finishedAtMs: ran ? finishedAtMs : undefined,
    cpu: ran ? { seconds: 3, source: 'cgroup' } : undefined,
    slot: ran ? Math.floor(index / BUILDERS.length) % SLOTS : undefined,
    attempts: ran
      ? [
          {
            builder,
            startedAtMs,
            finishedAtMs,
            result: outcome.kind === 'built' ? 'built' : 'failed',
            message: '',
          },
        ]
      : [],
    dependencies: below.map((other) => sampleDrvPath(`p${other}`)),
    logTail,
    logLines: logTail.length,
    logFile: ran ? `${fileNameOf([name])}.log` : undefined,
  });
}
