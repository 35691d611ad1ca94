/** What comes of an input's text. */
export type Parsed<T> = ParsedValue<T> | ParsedFault;

/** The text was one of those that the input allows. */
export interface ParsedValue<T> {
  readonly kind: 'value';
  readonly value: T;
}

/** The text was not: the two halves of "expected …; got …". */
export interface ParsedFault {
  readonly kind: 'fault';
  /** What would have been right, to stand behind "expected". */
  readonly expected: string;
  /** What came instead; undefined: the text itself is quoted, unless it is a secret. */
  readonly got: string | undefined;
}

/** The input was fine. */
export function value<T>(value: T): ParsedValue<T> {
  return { kind: 'value', value };
}

/** The input was wrong. `got` is for texts that would say too much or too little when quoted. */
export function fault(expected: string, got?: string): ParsedFault {
  return { kind: 'fault', expected, got };
}
