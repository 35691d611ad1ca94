import type { EvaluationProgress, ResolvedFlake } from '../flake/job.ts';
import type { Notice, RunReport, Selection } from './run-report.ts';

/** Gathers what a report says about the run as a whole. */
export interface Recorder {
  resolved(flake: ResolvedFlake): void;
  evaluated(progress: EvaluationProgress, isFinal: boolean): void;
  readonly notice: (level: Notice['level'], title: string, message: string) => void;
  readonly isEvaluationFinal: boolean;
  report(
    parts: Pick<RunReport, 'jobs' | 'builds' | 'builders'>,
    end: { readonly cancelled: boolean; readonly finishedAtMs: number },
  ): RunReport;
}

/** `startedAtMs` is epoch milliseconds. */
export function createRecorder(flake: string, selection: Selection, startedAtMs: number): Recorder {
  const notices: Notice[] = [];
  let locked: ResolvedFlake | undefined;
  let latest: EvaluationProgress | undefined;
  let isEvaluationFinal = false;
  return {
    resolved(resolved) {
      locked = resolved;
    },
    evaluated(progress, isFinal) {
      latest = progress;
      isEvaluationFinal = isFinal;
    },
    notice: (level, title, message) => void notices.push({ level, title, message }),
    get isEvaluationFinal() {
      return isEvaluationFinal;
    },
    report: (parts, { cancelled, finishedAtMs }) => ({
      schemaVersion: 1,
      flake,
      lockedFlake: locked?.lockedUrl,
      selection,
      startedAtMs,
      finishedAtMs,
      evaluationSeconds: latest?.elapsedSeconds ?? 0,
      evaluatedAttributes: latest?.evaluated ?? 0,
      ...parts,
      notices,
      cancelled,
    }),
  };
}
