import { joinAttributes } from '../../flake/attribute-path.ts';
import type { EvaluationFailure, EvaluationProgress, ResolvedFlake } from '../../flake/job.ts';
import type { CpuTime } from '../../accounting/cpu-time.ts';
import { formatCpu, formatDuration, plural } from '../durations.ts';
import { cleanLine } from '../escape/clean.ts';
import { clip } from '../escape/clip.ts';
import { terminalLine } from '../escape/terminal.ts';
import { outcomeMessage, outcomePlace, outcomeSign, outcomeWords } from '../outcomes.ts';
import type { Outcome } from '../run-report.ts';

const NAME_CHARACTERS = 80;
/** Long enough for any compiler's command line; a build that writes a file as one line does not fill the log. */
const LINE_CHARACTERS = 8192;
const SHOWN_RUNNING = 4;
const SHOWN_NEXT = 3;

/** A line of build output as the live log shows it: `hello> checking for gcc`. Colours stay, other control goes. */
export function prefixedLine(name: string, line: string): string {
  return `${shortName(name)}> ${terminalLine(clip(line, LINE_CHARACTERS))}`;
}

/** A line of build output once more, in a block that names its build: whatever it begins with, it ends no block. */
export function repeatedLine(line: string): string {
  return `  > ${terminalLine(clip(line, LINE_CHARACTERS))}`;
}

/** `hello: building on b1`. */
export function startedLine(name: string, builder: string): string {
  return `${shortName(name)}: building on ${cleanLine(builder)}`;
}

/** `✅ hello: built on b1 in 1:05, CPU 2:10 (cgroup)`; a failure says why. */
export function finishedLine(
  name: string,
  outcome: Outcome,
  wallSeconds: number | undefined,
  cpu: CpuTime | undefined,
): string {
  const place = outcomePlace(outcome);
  const words = `${outcomeSign(outcome)} ${shortName(name)}: ${outcomeWords(outcome)}`;
  const where = place === undefined ? '' : ` on ${cleanLine(place)}`;
  const time = wallSeconds === undefined ? '' : ` in ${formatDuration(wallSeconds)}`;
  const used = cpu === undefined ? '' : `, CPU ${formatCpu(cpu)}`;
  const message = clip(cleanLine(outcomeMessage(outcome)), 500);
  return `${words}${where}${time}${used}${message === '' ? '' : `: ${message}`}`;
}

/** What the heartbeat tells of: the run as it is at one moment. */
export interface Progress {
  /** Derivations that have to be built in this run, as far as is known. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly running: readonly RunningBuild[];
  /** Names of what is built next, in that order. */
  readonly next: readonly string[];
  /** False while attributes are still being evaluated, so that the total may grow. */
  readonly isTotalFinal: boolean;
}

/** A build that runs at the moment. */
export interface RunningBuild {
  readonly name: string;
  readonly builder: string;
  readonly runningSeconds: number;
}

/** One line for a quiet log: `12 of 40 done, 1 failed; 3 running: gcc on b1 (4:10), …; next: llvm, …`. */
export function heartbeatLine(progress: Progress): string {
  const total = `${progress.total}${progress.isTotalFinal ? '' : '+'}`;
  const failed = progress.failed === 0 ? '' : `, ${progress.failed} failed`;
  const parts = [`${progress.done} of ${total} done${failed}`];
  const longest = [...progress.running].sort((a, b) => b.runningSeconds - a.runningSeconds);
  if (longest.length > 0) {
    const shown = longest.slice(0, SHOWN_RUNNING).map(runningWords);
    parts.push(`${longest.length} running: ${withMore(shown, longest.length)}`);
  } else if (progress.done < progress.total) {
    parts.push('nothing running');
  }
  if (progress.next.length > 0) {
    parts.push(`next: ${withMore(progress.next.slice(0, SHOWN_NEXT).map(shortName), progress.next.length)}`);
  }
  return parts.join('; ');
}

/** `evaluating github:o/r/1234 with Nix 2.26.3`. */
export function resolvedLine({ lockedUrl, reference, nixVersion }: ResolvedFlake): string {
  return cleanLine(`evaluating ${lockedUrl ?? reference} with ${nixName(nixVersion)}`);
}

/** `nix (Lix, like Nix) 2.91.1`, as `nix --version` prints it, in words. */
function nixName(version: string): string {
  return version.replace(/^nix \(([^,)]+)[^)]*\) /, '$1 ');
}

/** `checks.x86_64-linux.hello does not evaluate: attribute 'src' missing`. */
export function failureLine({ path, message }: EvaluationFailure): string {
  return cleanLine(`${joinAttributes(path)} does not evaluate: ${message}`);
}

/** `evaluated 120 attributes in 3.2 s, 2 failed`. */
export function evaluatedLine({ evaluated, failed, elapsedSeconds }: EvaluationProgress): string {
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  return `evaluated ${plural(evaluated, 'attribute')} in ${formatDuration(elapsedSeconds)}${failures}`;
}

/** `evaluating: 320 of 1,000 attributes, 3 failed, 31 a second`. */
export function evaluatingLine(progress: EvaluationProgress): string {
  const { evaluated, total, failed, elapsedSeconds } = progress;
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  const rate = Math.round(evaluated / Math.max(elapsedSeconds, 0.001));
  return `evaluating: ${evaluated} of ${plural(total, 'attribute')}${failures}, ${rate} a second`;
}

/** `flake not changed since 2026-11-22 04:00 UTC: using the 14 jobs of that evaluation again`. */
export function reusedLine(evaluatedAtMs: number, jobs: number): string {
  const then = new Date(evaluatedAtMs).toISOString().slice(0, 16).replace('T', ' ');
  return `flake not changed since ${then} UTC: using the ${plural(jobs, 'job')} of that evaluation again`;
}

function runningWords(build: RunningBuild): string {
  return `${shortName(build.name)} on ${cleanLine(build.builder)} (${formatDuration(build.runningSeconds)})`;
}

function withMore(shown: readonly string[], count: number): string {
  return count > shown.length ? `${shown.join(', ')}, ${count - shown.length} more` : shown.join(', ');
}

/** A build's name in a line of the log. */
export function shortName(name: string): string {
  return clip(cleanLine(name), NAME_CHARACTERS);
}
