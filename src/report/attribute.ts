import { shellWord } from './escape/shell.ts';
import type { JobReport, Outcome, RunReport } from './run-report.ts';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_'-]*$/;
/** Nix decodes `%XX` in a fragment; everything but these characters is written so. */
const FRAGMENT_UNSAFE = /[^A-Za-z0-9._~"+=,@/-]/gu;

/** A job's attribute path as Nix writes it: `checks.x86_64-linux."weird.name"`. Untrusted text. */
export function attributePathOf(job: Pick<JobReport, 'path'>): string {
  return job.path.map((step) => (IDENTIFIER.test(step) ? step : `"${step}"`)).join('.');
}

/**
 * The command that builds the job by hand, as one line for a POSIX shell.
 *
 * Nix has no escape for `"` or for an empty step in an installable's attribute path, so such a job is reached by an
 * expression instead.
 *
 * @param flake reference to use; {@link reproducibleFlake} by default
 */
export function reproduceCommand(job: JobReport, flake: string): string {
  if (job.path.some((step) => step === '' || step.includes('"'))) {
    return `nix build --impure --expr ${shellWord(selectExpression(job, flake))} -L`;
  }
  const fragment = attributePathOf(job).replace(FRAGMENT_UNSAFE, percent);
  return `nix build ${shellWord(`${flake}#${fragment}`)} -L`;
}

/** Like {@link reproduceCommand}; undefined where no builder took the build, as then there is nothing to see by repeating it. */
export function repeatCommand(
  outcome: Outcome,
  job: JobReport | undefined,
  flake: string,
): string | undefined {
  const wasTaken = outcome.kind !== 'infrastructure' || outcome.builder !== undefined;
  return job === undefined || !wasTaken ? undefined : reproduceCommand(job, flake);
}

/** The locked reference, or the published one, where others can fetch it too; else the reference as the user wrote it. */
export function reproducibleFlake(report: RunReport): string {
  if (report.publishedFlake !== undefined) return report.publishedFlake;
  const locked = report.lockedFlake;
  if (locked === undefined || /^(?:\/|\.|path:|file:|git\+file:|tarball\+file:)/.test(locked))
    return report.flake;
  return locked;
}

function selectExpression(job: JobReport, flake: string): string {
  const isRelative = /^\.{0,2}(?:\/|$)/.test(flake) && !flake.startsWith('/');
  const source = isRelative ? `toString (./. + ${nixString(`/${flake}`)})` : nixString(flake);
  return `(builtins.getFlake (${source})).${job.path.map(nixString).join('.')}`;
}

function nixString(text: string): string {
  return `"${text.replace(/["\\]|\$(?=\{)/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}

function percent(char: string): string {
  // encodeURIComponent throws on half a surrogate pair, which no name that came out of Nix has.
  const text = /\p{Surrogate}/u.test(char) ? '\u{fffd}' : char;
  const encoded = encodeURIComponent(text);
  return encoded === text ? `%${text.charCodeAt(0).toString(16).toUpperCase()}` : encoded;
}
