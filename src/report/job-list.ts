import { attributePathOf } from './attribute.ts';
import type { JobReport, ListedJob, RunReport } from './run-report.ts';

/** One element of the output `jobs` and of jobs.json. The first ones are named as the jq programs see them. */
interface JobEntry {
  readonly top_attr: string;
  readonly system: string;
  readonly attr: string;
  /** As Nix writes it, quoted where it must be. */
  readonly attributePath: string;
  readonly label: string;
  readonly name: string;
  readonly drvPath: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly requiredFeatures: readonly string[];
  /** Where its outputs were before this run. */
  readonly cached: string | null;
}

/** What was selected and evaluated, with where it was before anything was built. */
function listedJobs(jobs: readonly JobReport[]): readonly ListedJob[] {
  return jobs.flatMap(({ outcome, drvPath, ...job }) => {
    if (drvPath === undefined) return [];
    const isCached = outcome.kind === 'already-valid' || outcome.kind === 'substituted';
    return [{ ...job, drvPath, cached: isCached ? outcome.where : undefined }];
  });
}

/** The same jobs of a run in which nothing was to be built: no outcome says so, since none of them had its turn. */
export function listing(jobs: readonly JobReport[]): Required<Pick<RunReport, 'jobs' | 'listed'>> {
  return { jobs: jobs.filter(({ drvPath }) => drvPath === undefined), listed: listedJobs(jobs) };
}

/** The output `jobs` (issue 3, item 7), so that other jobs of a workflow need not evaluate again. */
export function jobListJson({ listed, jobs }: RunReport): string {
  return JSON.stringify((listed ?? listedJobs(jobs)).map(entryOf));
}

function entryOf(job: ListedJob): JobEntry {
  const { topAttr, system, attr, label, name, drvPath, outputs, requiredFeatures, cached } = job;
  return {
    top_attr: topAttr,
    system,
    attr,
    attributePath: attributePathOf(job),
    label,
    name,
    drvPath,
    outputs,
    requiredFeatures,
    cached: cached ?? null,
  };
}
