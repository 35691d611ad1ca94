import type { StepAnnotation, StepResult } from './step-result.ts';

/** One entry of the output `results`. */
export interface JobResult {
  readonly success: boolean;
  readonly name: string;
  readonly description: string;
  readonly label: string;
  readonly drvPath?: string;
  readonly outputs?: Readonly<Record<string, string>>;
}

/** What `results` says of each job, by `top.system.attr`. */
export function jobsOf(step: StepResult): Readonly<Record<string, JobResult>> {
  const results = step.results as Record<string, Record<string, Record<string, JobResult>>>;
  return Object.fromEntries(
    Object.entries(results).flatMap(([topAttr, systems]) =>
      Object.entries(systems).flatMap(([system, attributes]) =>
        Object.entries(attributes).map(([attr, job]) => [`${topAttr}.${system}.${attr}`, job]),
      ),
    ),
  );
}

/** Paths of all outputs of all jobs. */
export function outputsOf(step: StepResult): readonly string[] {
  return Object.values(jobsOf(step)).flatMap(({ outputs = {} }) => Object.values(outputs));
}

/** Names of the derivations that the log says were built, sorted. */
export function builtNames(step: StepResult): readonly string[] {
  return step.log.flatMap((line) => /^✅ (.+): built on /.exec(line)?.[1] ?? []).sort();
}

/** Annotations of one level. */
export function annotationsOf(step: StepResult, level: StepAnnotation['level']): readonly StepAnnotation[] {
  return step.annotations.filter((annotation) => annotation.level === level);
}

/** Text of each build's log that the step kept, sorted. */
export function keptLogs(step: StepResult): readonly string[] {
  const paths = Object.keys(step.kept).filter((path) => path.startsWith('logs/'));
  return paths.map((path) => step.kept[path] ?? '').sort();
}
