import { formatAmount } from '../accounting/money.ts';
import { attributePathOf } from './attribute.ts';
import { jobListJson } from './job-list.ts';
import { classOf } from './outcomes.ts';
import { referenceResults } from './results.ts';
import type { RunReport } from './run-report.ts';
import type { Verdict } from './verdict.ts';
import { viewOf } from './view.ts';

/**
 * GitHub drops the outputs of a job that add up to more than 1 MB, and counts two bytes for each UTF-16 unit of them. The
 * rest of the room is for paths, artifacts' ids and what else the job has.
 */
export const OUTPUT_BUDGET_BYTES = 900_000;

/** An output of the action. */
export interface ActionOutput {
  readonly name: string;
  readonly value: string;
  /** File of the results artifact that has it in any case. */
  readonly file?: string;
}

/** Outputs that GitHub takes, and those that it has no room for. */
export interface FittedOutputs {
  readonly kept: readonly ActionOutput[];
  readonly spilled: readonly ActionOutput[];
}

/** What the action says of a run to the steps behind it, smallest first; artifacts are not known yet (issue 6, item 7). */
export function reportOutputs(report: RunReport, verdict: Verdict): readonly ActionOutput[] {
  const { totals, costs } = viewOf(report);
  const { jobs, built, cached, failed, blocked, infrastructure, cancelled, evaluationFailed } = totals;
  const counts = { jobs, built, cached, failed, blocked, infrastructure, cancelled, evaluationFailed };
  return [
    { name: 'success', value: String(verdict.success) },
    { name: 'counts', value: JSON.stringify(counts) },
    { name: 'cpu_seconds', value: String(Math.round(totals.cpuSeconds * 1000) / 1000) },
    { name: 'cost', value: costs === undefined ? '' : formatAmount(costs.total) },
    { name: 'failed', value: JSON.stringify(failedAttributes(report)) },
    { name: 'results', value: JSON.stringify(referenceResults(report)) },
    { name: 'jobs', value: jobListJson(report), file: 'jobs.json' },
  ];
}

/** As many outputs, in their order, as fit; one that does not leaves its room to those behind it. */
export function fitOutputs(
  outputs: readonly ActionOutput[],
  budgetBytes = OUTPUT_BUDGET_BYTES,
): FittedOutputs {
  const kept: ActionOutput[] = [];
  const spilled: ActionOutput[] = [];
  let left = budgetBytes;
  for (const output of outputs) {
    const bytes = outputBytes(output);
    if (bytes > left) {
      spilled.push(output);
      continue;
    }
    left -= bytes;
    kept.push(output);
  }
  return { kept, spilled };
}

/** Size of an output as GitHub counts it. */
export function outputBytes({ name, value }: ActionOutput): number {
  return 2 * (name.length + value.length);
}

function failedAttributes({ jobs }: RunReport): string[] {
  const failed = jobs.filter(({ outcome }) => !['passed', 'cancelled'].includes(classOf(outcome)));
  return failed.map(attributePathOf);
}
