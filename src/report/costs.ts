import { costsOf } from '../accounting/costs.ts';
import type { RunCosts } from '../accounting/costs.ts';
import { formatMoney } from '../accounting/money.ts';
import { shareCosts } from '../accounting/shares.ts';
import type { JobShare } from '../accounting/shares.ts';
import { plural } from './durations.ts';
import type { JobReport, RunReport } from './run-report.ts';

/** What the run cost, also by job. */
export interface ReportCosts extends RunCosts {
  readonly byJob: ReadonlyMap<JobReport, JobShare>;
}

/** Prices a report; undefined when it has no prices. */
export function reportCosts(report: RunReport): ReportCosts | undefined {
  if (report.prices === undefined || report.prices.rules.length === 0) return undefined;
  const costs = costsOf(report, report.prices);
  const shares = shareCosts(
    report.jobs.map((job) => job.drvPath),
    report.builds,
    (drvPath) => costs.byBuild.get(drvPath),
  );
  const byJob = new Map<JobReport, JobShare>();
  for (const [index, job] of report.jobs.entries()) {
    const share = shares[index];
    if (share !== undefined) byJob.set(job, share);
  }
  return { ...costs, byJob };
}

/** The whole run's cost in words: `≤ 1.24 EUR, 0.20 EUR of it idle`. */
export function totalCostText(costs: ReportCosts): string {
  const bound = costs.isUpperBound ? '≤ ' : '';
  const idle = costs.idle > 0n ? `, ${formatMoney(costs.idle, costs.currency)} of it idle` : '';
  const unpriced =
    costs.unpriced > 0 ? `, not counting ${plural(costs.unpriced, 'build')} of unknown CPU time` : '';
  return `${bound}${formatMoney(costs.total, costs.currency)}${idle}${unpriced}`;
}

/** What a build cost, a dash when it cost nothing or nobody knows. */
export function buildCostText(costs: ReportCosts, drvPath: string | undefined): string {
  const cost = drvPath === undefined ? undefined : costs.byBuild.get(drvPath);
  if (cost === undefined) return '–';
  return `${cost.isUpperBound ? '≤ ' : ''}${formatMoney(cost.amount, costs.currency)}`;
}

/** What a job pays, with its part of shared dependencies; a dash when it is nothing. */
export function jobCostText(costs: ReportCosts, job: JobReport): string {
  const share = costs.byJob.get(job);
  if (share === undefined || share.own + share.dependencies === 0n) return '–';
  return `${share.isUpperBound ? '≤ ' : ''}${formatMoney(share.own + share.dependencies, costs.currency)}`;
}
