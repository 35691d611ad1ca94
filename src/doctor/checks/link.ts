import { formatBytes } from '../../report/durations.ts';
import { good, unknown, warning, type Finding } from '../finding.ts';
import { inWorkflow, onBuilder } from '../remedies.ts';

/** How far away a builder is. Undefined where it could not be measured. */
export interface LinkMeasure {
  /** From a question to its daemon until the answer. */
  readonly roundTripMs: number | undefined;
  /** From here to there. */
  readonly upBytesPerSecond: number | undefined;
  readonly downBytesPerSecond: number | undefined;
}

/** Below this a closure of 1 GiB takes a quarter of an hour. */
const slowBytesPerSecond = 1024 ** 2;

/** Round trip and throughput; only a line that makes copies painful is worth a change. */
export function linkFinding({ roundTripMs, upBytesPerSecond, downBytesPerSecond }: LinkMeasure): Finding {
  if (roundTripMs === undefined) return unknown('link', 'not measured');
  const rate = (bytes: number | undefined, way: string): readonly string[] =>
    bytes === undefined ? [] : [`${formatBytes(bytes)}/s ${way}`];
  const detail = [
    `round trip ${roundTripMs.toFixed(roundTripMs < 10 ? 1 : 0)} ms`,
    ...rate(upBytesPerSecond, 'up'),
    ...rate(downBytesPerSecond, 'down'),
  ].join(', ');
  const slowest = Math.min(upBytesPerSecond ?? Infinity, downBytesPerSecond ?? Infinity);
  if (slowest >= slowBytesPerSecond) return good('link', detail);
  return warning('link', `${detail}: copies take long`, [
    inWorkflow('Let SSH compress, by the URI of the machine line:', 'ssh-ng://user@host?compress=true'),
    onBuilder('Give it substituters, so that it fetches by itself what a cache has.'),
  ]);
}
