import { formatAmount } from '../accounting/money.ts';
import { attributePathOf } from './attribute.ts';
import { jobListJson } from './job-list.ts';
import { classOf } from './outcomes.ts';
import { createRecorder } from './recorder.ts';
import { referenceResults } from './results.ts';
import type { Notice, RunReport } from './run-report.ts';
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
  /** File of the results artifact that has it where the output itself can't. */
  readonly file: string;
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
  const values = {
    success: String(verdict.success),
    counts: JSON.stringify(counts),
    cpu_seconds: String(Math.round(totals.cpuSeconds * 1000) / 1000),
    cost: costs === undefined ? '' : formatAmount(costs.total),
    failed: JSON.stringify(failedAttributes(report)),
    results: JSON.stringify(referenceResults(report)),
    jobs: jobListJson(report),
  };
  return Object.entries(values).map(([name, value]) => ({
    name,
    value,
    file: name === 'jobs' ? 'jobs.json' : `output-${name}.json`,
  }));
}

/** What the outputs are of a run that does nothing: what reads JSON from them has it to read. */
export function outputsOfNothing(): readonly ActionOutput[] {
  const recorder = createRecorder('', { topAttrs: [], filter: '', failOnEmpty: false }, 0);
  const report = recorder.report(
    { jobs: [], builds: [], builders: [] },
    { cancelled: false, finishedAtMs: 0 },
  );
  return reportOutputs(report, { success: true, exitCode: 0, reasons: [] });
}

/** Tells where an output is that GitHub would drop, and all others with it. */
export function spillNotice(output: ActionOutput, artifact: string): Notice {
  const { name, file } = output;
  return {
    level: 'warning',
    title: `The output ${name} is too large`,
    message: `GitHub takes 1 MB of outputs and ${name} would be ${outputBytes(output)} bytes of them, so it is empty. Its value is in ${file} of the artifact ${artifact}.`,
  };
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
export function outputBytes({ name, value }: Pick<ActionOutput, 'name' | 'value'>): number {
  return 2 * (name.length + value.length);
}

function failedAttributes({ jobs }: RunReport): string[] {
  const failed = jobs.filter(({ outcome }) => !['passed', 'cancelled'].includes(classOf(outcome)));
  return failed.map(attributePathOf);
}
