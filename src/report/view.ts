import { reportCosts } from './costs.ts';
import type { ReportCosts } from './costs.ts';
import { cleanLine } from './escape/clean.ts';
import { clip } from './escape/clip.ts';
import { jobNames } from './job-names.ts';
import { rootCausesOf } from './root-causes.ts';
import type { RootCause } from './root-causes.ts';
import type { BuildReport, JobReport, ListedJob, Notice, RunReport } from './run-report.ts';
import { jobCountOf, totalsOf } from './totals.ts';
import type { RunTotals } from './totals.ts';
import { verdictOf } from './verdict.ts';

/** A report with all that several renderings derive from it, derived once. */
export interface ReportView {
  readonly report: RunReport;
  readonly totals: RunTotals;
  readonly causes: readonly RootCause[];
  /** By `.drv` path. */
  readonly builds: ReadonlyMap<string, BuildReport>;
  /** What each job is called. */
  readonly names: ReadonlyMap<JobReport | ListedJob, string>;
  /** The report's own, and what follows from it. */
  readonly notices: readonly Notice[];
  readonly costs: ReportCosts | undefined;
  /** Whether every job is there and nothing else went wrong, whatever the inputs excuse. */
  readonly isSuccess: boolean;
}

/** Of a filter that selects nothing. */
const FILTER_CHARACTERS = 400;
const NOTHING_EXCUSED = { ignoreBuildFailures: false, ignoreEvalFailures: false, failOnEmpty: false };

/** Derives everything. */
export function viewOf(report: RunReport): ReportView {
  return {
    report,
    totals: totalsOf(report),
    causes: rootCausesOf(report),
    builds: new Map(report.builds.map((build) => [build.drvPath, build])),
    names: jobNames([...report.jobs, ...(report.listed ?? [])]),
    notices: [...report.notices, ...emptySelectionNotice(report)],
    costs: reportCosts(report),
    isSuccess: verdictOf(report, NOTHING_EXCUSED).success,
  };
}

function emptySelectionNotice(report: RunReport): Notice[] {
  const { cancelled, observed, selection } = report;
  if (jobCountOf(report) > 0 || cancelled || observed) return [];
  const { topAttrs, systems, filter, failOnEmpty } = selection;
  const ofSystems = systems === undefined ? '' : ` of eval_systems (${systems.join(', ')})`;
  const places = cleanLine(`${topAttrs.join(' or ')}${ofSystems}`);
  return [
    {
      level: failOnEmpty ? 'error' : 'notice',
      title: 'Nothing was selected',
      message: `Nothing in ${places} matches filter_builds, which is: ${clip(cleanLine(filter), FILTER_CHARACTERS)}`,
    },
  ];
}
