/** How a build ended, by Nix's numbers (protocol §6.5). */
export type BuildStatus =
  | 'built'
  | 'substituted'
  | 'already-valid'
  | 'permanent-failure'
  | 'input-rejected'
  | 'output-rejected'
  | 'transient-failure'
  | 'cached-failure'
  | 'timed-out'
  | 'misc-failure'
  | 'dependency-failed'
  | 'log-limit-exceeded'
  | 'not-deterministic'
  | 'resolves-to-already-valid'
  | 'no-substituters'
  | 'hash-mismatch'
  | 'cancelled'
  | 'unknown';

const BY_NUMBER: readonly BuildStatus[] = [
  'built',
  'substituted',
  'already-valid',
  'permanent-failure',
  'input-rejected',
  'output-rejected',
  'transient-failure',
  'cached-failure',
  'timed-out',
  'misc-failure',
  'dependency-failed',
  'log-limit-exceeded',
  'not-deterministic',
  'resolves-to-already-valid',
  'no-substituters',
  'hash-mismatch',
  'cancelled',
];

const SUCCESSES: ReadonlySet<BuildStatus> = new Set([
  'built',
  'substituted',
  'already-valid',
  'resolves-to-already-valid',
]);

/** Names the number that came; a number of some newer Nix is `unknown`, which is a failure. */
export function parseBuildStatus(number: number): BuildStatus {
  return BY_NUMBER[number] ?? 'unknown';
}

/** The number that goes over the wire. */
export function buildStatusNumber(status: BuildStatus): number {
  const number = BY_NUMBER.indexOf(status);
  return number === -1 ? BY_NUMBER.indexOf('misc-failure') : number;
}

/** Whether the outputs are valid now. */
export function isSuccess(status: BuildStatus): boolean {
  return SUCCESSES.has(status);
}
