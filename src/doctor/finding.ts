/** What is looked at, in the order in which one thing needs the other. */
export const CHECKS = [
  'resolve',
  'connect',
  'host key',
  'login',
  'daemon',
  'trust',
  'systems',
  'features',
  'slots',
  'disk',
  'clock',
  'caches',
  'link',
  'build',
] as const;

/** One of {@link CHECKS}. */
export type Check = (typeof CHECKS)[number];

/**
 * How a check came out.
 *
 * - `fault`: builds fail, or something that the machine line promises does not work.
 * - `warning`: builds work, but slower or less than they could.
 * - `unknown`: it could not be found out, or there was no point in it.
 */
export type Verdict = 'good' | 'warning' | 'fault' | 'unknown';

/** Where a remedy is applied; `builder`: whatever system that machine runs. */
export type RemedyPlace = 'workflow' | 'builder' | 'NixOS' | 'elsewhere';

/** The exact thing to change. */
export interface Remedy {
  readonly where: RemedyPlace;
  /** One sentence. */
  readonly text: string;
  /** What to put into a file or to run; undefined where the sentence is enough. */
  readonly code?: string;
}

/** What came of one check. Details may hold text of the machine: escape before showing. */
export interface Finding {
  readonly check: Check;
  readonly verdict: Verdict;
  /** Half a sentence. */
  readonly detail: string;
  readonly remedies: readonly Remedy[];
}

/** Everything that was found of one builder. */
export interface Examination {
  /** As its machine line names it. */
  readonly builder: string;
  readonly uri: string;
  /** In the order of {@link CHECKS}. */
  readonly findings: readonly Finding[];
}

/** Nothing to do about it. */
export function good(check: Check, detail: string): Finding {
  return { check, verdict: 'good', detail, remedies: [] };
}

/** Could not be found out. */
export function unknown(check: Check, detail: string): Finding {
  return { check, verdict: 'unknown', detail, remedies: [] };
}

/** Builds work, but not as well as they could. */
export function warning(check: Check, detail: string, remedies: readonly Remedy[]): Finding {
  return { check, verdict: 'warning', detail, remedies };
}

/** Builds fail. */
export function fault(check: Check, detail: string, remedies: readonly Remedy[]): Finding {
  return { check, verdict: 'fault', detail, remedies };
}

/** The worst of the findings; `unknown` alone is no harm. */
export function verdictOf({ findings }: Pick<Examination, 'findings'>): Exclude<Verdict, 'unknown'> {
  const has = (verdict: Verdict): boolean => findings.some((finding) => finding.verdict === verdict);
  if (has('fault')) return 'fault';
  return has('warning') ? 'warning' : 'good';
}
