import type { EvaluateOptions } from '../options.ts';

/** What an evaluation's result depends on, besides the options. */
export interface EvaluationSubject {
  /** Undefined for a tree that can't be locked: its result is never kept. */
  readonly lockedUrl: string | undefined;
  /** The resolved inputs, which need not stand in a lock file. */
  readonly locks: unknown;
  /** As `nix --version` says it. */
  readonly nixVersion: string;
}

/**
 * Writes down everything that decides the result of an evaluation (issue 3, item 7): equal texts, equal results. Undefined when the
 * result depends on more than that: a tree that is not locked, or impure evaluation.
 */
export function evaluationKey(subject: EvaluationSubject, options: EvaluateOptions): string | undefined {
  const settings = options.nixConf.split('\n').filter((line) => !isIrrelevant(line));
  const isImpure =
    options.nixArgs.some(
      (word) => word === '--impure' || word === 'pure-eval' || word === '--no-pure-eval',
    ) || settings.some((line) => /^\s*(?:extra-)?(?:pure-eval|impure-env|include|!include)\b/.test(line));
  if (subject.lockedUrl === undefined || isImpure || !areLocked(subject.locks)) return undefined;
  return JSON.stringify([
    KEY_VERSION,
    subject.lockedUrl,
    subject.locks,
    subject.nixVersion,
    options.topAttrs,
    options.systems ?? null,
    options.filter,
    options.label,
    options.nixArgs,
    settings,
  ]);
}

/** An input given by `--override-input` may be a tree that changes; one with a parent is part of another input. */
function areLocked(locks: unknown): boolean {
  const nodes = isObject(locks) ? locks['nodes'] : undefined;
  if (!isObject(nodes)) return false;
  return Object.values(nodes).every((node) => {
    if (!isObject(node)) return false;
    const { locked, parent } = node;
    return (
      locked === undefined ||
      Array.isArray(parent) ||
      (isObject(locked) && typeof locked['narHash'] === 'string')
    );
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Grows when what is stored, or how it is found out, changes. */
const KEY_VERSION = 2;

/** Who fetches and who builds does not change what is evaluated, and these change from run to run. Tokens are secret besides. */
function isIrrelevant(line: string): boolean {
  return /^\s*(?:#.*|(?:extra-)?(?:access-tokens|builders|builders-use-substitutes|max-jobs|cores|netrc-file)\b.*)?$/.test(
    line,
  );
}
