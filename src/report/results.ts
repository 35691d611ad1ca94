import { attributePathOf } from './attribute.ts';
import { classOf } from './outcomes.ts';
import type { JobReport, RunReport } from './run-report.ts';

/** One job in the shape of the reference's `results`; what failed has neither `drvPath` nor `outputs`. */
export interface ReferenceResult {
  readonly success: boolean;
  readonly name: string;
  readonly description: string;
  readonly label: string;
  readonly drvPath?: string;
  readonly outputs?: Readonly<Record<string, string>>;
}

/** Top-level output, system, attribute. */
export type ReferenceResults = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, ReferenceResult>>>>>
>;

/**
 * The action's output `results`, as nixbuild-action's workflow gives it (`expected-result.json` of its examples). Where two jobs would stand at
 * one place (`hydraJobs.a.x86_64-linux`, `hydraJobs.x86_64-linux.a`), the whole attribute path takes the attribute's place.
 */
export function referenceResults(report: RunReport): ReferenceResults {
  const byTopAttr = new Map<string, Map<string, Map<string, ReferenceResult>>>();
  const places = new Map<string, number>();
  for (const job of report.jobs) places.set(placeOf(job), (places.get(placeOf(job)) ?? 0) + 1);
  for (const job of report.jobs) {
    const bySystem = entryOf(byTopAttr, job.topAttr);
    const isAlone = places.get(placeOf(job)) === 1;
    entryOf(bySystem, job.system).set(isAlone ? job.attr : attributePathOf(job), referenceResult(job));
  }
  // fromEntries defines keys, so that an attribute named `__proto__` is one as well.
  return Object.fromEntries(
    [...byTopAttr].map(([topAttr, bySystem]) => [
      topAttr,
      Object.fromEntries([...bySystem].map(([system, byAttr]) => [system, Object.fromEntries(byAttr)])),
    ]),
  );
}

function placeOf({ topAttr, system, attr }: JobReport): string {
  return JSON.stringify([topAttr, system, attr]);
}

function referenceResult(job: JobReport): ReferenceResult {
  const { name, description, label } = job;
  const success = classOf(job.outcome) === 'passed';
  if (!success || job.drvPath === undefined) return { success, name, description, label };
  return { success, name, description, label, drvPath: job.drvPath, outputs: job.outputs };
}

function entryOf<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, Value>();
  map.set(key, made);
  return made;
}
