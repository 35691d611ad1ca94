import { toDispatchError } from '../../errors.ts';
import {
  failedProgram,
  fruitlessProgram,
  invalidProgram,
  programFields,
  programResults,
  selectionProgram,
} from '../../flake/filter/filter-program.ts';
import { Jq } from '../../flake/filter/jq.ts';
import { outcomePlace } from '../../report/outcomes.ts';
import type { JobReport } from '../../report/run-report.ts';

const input = 'upload_outputs';
const limitMs = 20_000;

/**
 * Compiles the expression, so that a wrong one is told before anything is built.
 *
 * @throws DispatchError `filter` with jq's own message
 */
export async function checkJobFilter(filter: string): Promise<void> {
  const jq = new Jq(limitMs);
  try {
    const { exitCode, stderr } = await jq.call({ program: filter, input: '' });
    if (exitCode !== 0) throw invalidProgram(input, filter, stderr);
  } finally {
    await jq.stop();
  }
}

/**
 * The jobs that the expression selects. It sees the fields that `filter_builds` sees, and what is known since.
 *
 * @throws DispatchError `filter` when it fails on a job
 */
export async function chooseJobs(filter: string, jobs: readonly JobReport[]): Promise<readonly JobReport[]> {
  if (jobs.length === 0) return [];
  const program = selectionProgram(filter);
  const jq = new Jq(limitMs);
  try {
    const { stdout, stderr, exitCode } = await jq
      .call({ program, input: JSON.stringify(jobs.map(fieldsOf)) })
      .catch((error: unknown) => {
        throw fruitlessProgram(input, filter, toDispatchError(error, 'filter'));
      });
    if (exitCode !== 0 && stdout === '') throw invalidProgram(input, filter, stderr);
    const results = programResults(input, stdout, jobs.length);
    return jobs.filter((job, index) => {
      const result = results[index];
      if (result?.kind === 'error') throw failedProgram(input, filter, job, result.message);
      return result?.value === true;
    });
  } finally {
    await jq.stop();
  }
}

function fieldsOf(job: JobReport): Readonly<Record<string, unknown>> {
  const { label, outcome, drvPath, outputs } = job;
  return {
    ...programFields({ ...job, type: 'derivation' }),
    label,
    outcome: outcome.kind,
    builder: outcomePlace(outcome) ?? null,
    drvPath,
    outputs,
  };
}
