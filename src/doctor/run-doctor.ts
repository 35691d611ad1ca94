import { unlessAborted, type EarlyEnd } from '../early-end.ts';
import { DispatchError } from '../errors.ts';
import type { Runner } from '../github/runner.ts';
import { credentialsOf } from '../inputs/credentials.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { NixbuildAccount } from '../nixbuild/account.ts';
import { ANNOTATIONS_PER_LEVEL } from '../report/annotations.ts';
import { cleanText } from '../report/escape/clean.ts';
import { withCommandsStopped } from '../report/log/commands.ts';
import { examine } from './examine.ts';
import { verdictOf, type Examination, type Finding } from './finding.ts';
import { renderLog } from './render/log.ts';
import { renderSummary } from './render/summary.ts';
import { headline, PLACE_WORDS } from './render/words.ts';

/** What the doctor needs of whoever starts it. */
export interface DoctorEffects {
  readonly runner: Runner;
  /** Random text that no builder can know. */
  readonly token: string;
  readonly end: EarlyEnd;
  readonly account: NixbuildAccount | undefined;
}

/**
 * Examines every builder and says what to change. Resolves to the exit code: 1 when a builder can't be used as its machine line says.
 *
 * @throws DispatchError `cancelled` when the run is ended before all have been looked at
 */
export async function runDoctor(
  inputs: Inputs,
  { runner, token, end, account }: DoctorEffects,
): Promise<0 | 1> {
  const credentials = credentialsOf(inputs, account);
  const work = Promise.all(inputs.builders.map((builder) => examine(builder, credentials(builder))));
  const examinations = await unlessAborted(end.signal, work, undefined);
  if (examinations === undefined) {
    throw new DispatchError('cancelled', 'the run was ended before every builder had been looked at');
  }
  for (const line of withCommandsStopped(token, renderLog(examinations))) runner.print(line);
  annotate(runner, examinations);
  if (inputs.generateBuildSummary) await runner.writeSummary(renderSummary(examinations));
  const isFaulty = examinations.some((examination) => verdictOf(examination) === 'fault');
  runner.setOutput('success', String(!isFaulty));
  return isFaulty ? 1 : 0;
}

/** One annotation a builder, as GitHub shows few of them. */
function annotate(runner: Runner, examinations: readonly Examination[]): void {
  for (const [verdict, level] of [
    ['fault', 'error'],
    ['warning', 'warning'],
  ] as const) {
    const found = examinations.filter((examination) => verdictOf(examination) === verdict);
    for (const { builder, findings } of found.slice(0, ANNOTATIONS_PER_LEVEL)) {
      const wrong = findings.filter((finding) => finding.verdict === verdict);
      runner.annotate({
        level,
        title: `builder ${builder}`,
        message: cleanText(wrong.map(findingText).join('\n')),
      });
    }
  }
  const isGood = examinations.every((examination) => verdictOf(examination) === 'good');
  if (isGood) runner.annotate({ level: 'notice', title: 'Doctor', message: `${headline(examinations)}.` });
}

function findingText({ check, detail, remedies }: Finding): string {
  const steps = remedies.map(
    ({ where, text, code }) => `${PLACE_WORDS[where]}: ${text}${code === undefined ? '' : `\n  ${code}`}`,
  );
  return [`${check}: ${detail}`, ...steps].join('\n');
}
