import { DispatchError } from '../errors.ts';

/**
 * Runs two parsers of the user's text and gives both results, or ONE error with the faults of both: nobody should have to run a workflow
 * twice to hear of the second.
 *
 * @throws DispatchError `input`; anything else that a parser throws goes through
 */
export function parseTogether<A, B>(first: () => A, second: () => B): readonly [A, B] {
  const one = attempt(first);
  const other = attempt(second);
  if (one.kind === 'value' && other.kind === 'value') return [one.value, other.value];
  const faults = [one, other].flatMap((result) => (result.kind === 'fault' ? [result.fault] : []));
  const [only] = faults;
  if (only !== undefined && faults.length === 1) throw only;
  throw new DispatchError('input', faults.map(({ message }) => message).join('\n'));
}

type Attempt<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'fault'; readonly fault: DispatchError };

function attempt<T>(parse: () => T): Attempt<T> {
  try {
    return { kind: 'value', value: parse() };
  } catch (thrown) {
    if (thrown instanceof DispatchError && thrown.code === 'input') return { kind: 'fault', fault: thrown };
    throw thrown;
  }
}
