import { describeError, DispatchError } from '../../errors.ts';

/** The error of a run that has no builder; its message lists each with its reason. */
export function noneUsable(errors: readonly DispatchError[], first: DispatchError): DispatchError {
  const cause = new AggregateError(errors);
  const { code, message, host, hint } = first;
  if (errors.length === 1) return new DispatchError(code, message, { host, hint, cause });
  const list = errors.map((error) => `- ${describeError(error)}`).join('\n');
  return new DispatchError(code, `none of the ${errors.length} builders can be used:\n${list}`, { cause });
}

/** Why each builder could not be used, each naming its host, of an error that connecting ended with; else nothing. */
export function unusableReasons(error: unknown): readonly DispatchError[] {
  const cause = error instanceof DispatchError ? error.cause : undefined;
  if (!(cause instanceof AggregateError)) return [];
  return cause.errors.filter((reason) => reason instanceof DispatchError);
}
