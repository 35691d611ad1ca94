import type { EvaluationEvent } from '../../flake/job.ts';
import { evaluatedLine, evaluatingLine, failureLine, resolvedLine, reusedLine } from './lines.ts';

/** Often enough to see that it goes on, too seldom to flood. */
const progressIntervalMs = 10_000;

/**
 * The live log's lines about evaluation, one or none an event.
 *
 * @param nowMs a clock that never goes back
 */
export function createEvaluationLog(nowMs: () => number): (event: EvaluationEvent) => string | undefined {
  let lastToldAtMs = nowMs();
  let reusedFromMs: number | undefined;
  return (event) => {
    switch (event.kind) {
      case 'resolved':
        ({ reusedFromMs } = event);
        return resolvedLine(event.flake);
      case 'failure':
        return failureLine(event.failure);
      case 'progress':
        if (nowMs() - lastToldAtMs < progressIntervalMs) return undefined;
        lastToldAtMs = nowMs();
        return evaluatingLine(event.progress);
      case 'finished':
        return reusedFromMs === undefined
          ? evaluatedLine(event.progress)
          : reusedLine(reusedFromMs, event.progress.selected);
      case 'job':
      case 'evaluation-build':
      case 'warning':
        return undefined;
    }
  };
}
