import type { AttemptEnd } from '../../dispatch/ledger/attempt.ts';
import { endOfResult } from '../../dispatch/ledger/attempt-end.ts';
import { readBuildError } from '../../dispatch/ledger/build-error.ts';
import type { BuildEnd } from '../../nix/observe/observer.ts';
import type { BuildResult } from '../../nix/protocol/build-result.ts';

/** How a whole operation ended, also where nobody said so. */
export type OperationEnd = BuildEnd | { readonly kind: 'hung-up'; readonly by: 'client' | 'daemon' };

/** How the one derivation of an operation ended that builds nothing else (op 36). */
export function endOfDerivation(end: OperationEnd, hasStarted: boolean): AttemptEnd {
  switch (end.kind) {
    case 'result':
      return endOfResult(end.result, hasStarted);
    case 'refused':
      return { kind: 'infrastructure', message: readBuildError(end.error.message), isRefusal: true };
    case 'hung-up':
      return endOfHangUp(end.by);
    case 'results':
    case 'done':
      return { kind: 'built' };
  }
}

/**
 * How one of the builds of an operation ended that makes paths valid (ops 9 and 46). Nothing is said of those that nobody asked for by name: one
 * that an error names has failed, and of the others those that ended went well.
 */
export function endOfNested(drvPath: string, end: OperationEnd, hasStopped: boolean): AttemptEnd {
  const own = resultOf(drvPath, end);
  if (own !== undefined) return endOfResult(own, true);
  if (end.kind === 'hung-up') return endOfHangUp(end.by);
  const errors = errorsOf(end);
  const culprit = errors.find((text) => text.includes(drvPath));
  if (culprit !== undefined) return { kind: 'failed', message: readBuildError(culprit) };
  return errors.length === 0 || hasStopped ? { kind: 'built' } : { kind: 'cancelled' };
}

/** What was said of a derivation that was asked for by name. */
export function resultOf(drvPath: string, end: OperationEnd): BuildResult | undefined {
  if (end.kind === 'result') return end.result;
  if (end.kind !== 'results') return undefined;
  return end.results.find(({ path }) => path.kind === 'built' && path.drvPath === drvPath)?.result;
}

function errorsOf(end: OperationEnd): readonly string[] {
  switch (end.kind) {
    case 'refused':
      return [end.error.message];
    case 'results':
      return end.results.map(({ result }) => result.errorMessage).filter((text) => text !== '');
    case 'result':
    case 'done':
    case 'hung-up':
      return [];
  }
}

function endOfHangUp(by: 'client' | 'daemon'): AttemptEnd {
  return by === 'client'
    ? { kind: 'cancelled' }
    : { kind: 'infrastructure', message: 'the connection was lost while it was being built' };
}
