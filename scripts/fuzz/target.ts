import { DispatchError } from '../../src/errors.ts';

/** Something of ours that takes bytes from strangers. */
export interface FuzzTarget {
  readonly name: string;
  /** Its part of a run's inputs, relative to those of others: more where more can go wrong, less where each takes longer. */
  readonly share: number;
  /** Inputs to begin with, valid ones above all. */
  readonly samples: readonly Uint8Array[];
  /** Pieces that mean something to it. */
  readonly tokens: readonly Uint8Array[];
  /**
   * Takes one input. Returns how it ended, in words that other inputs which end alike share.
   *
   * @throws whatever is not a DispatchError, and everything that must not come out
   */
  take(bytes: Uint8Array): string | Promise<string>;
}

/** Runs what takes the input; an error of ours is a way to end, any other is a finding. */
export function endingOf(take: () => string): string {
  try {
    return take();
  } catch (error) {
    return refusal(error);
  }
}

/** The ending that an error is; throws it again when it is not one of ours, or says nothing. */
export function refusal(error: unknown): string {
  if (!(error instanceof DispatchError)) throw error;
  if (error.message === '')
    throw new Error(`a DispatchError ${error.code} without a message`, { cause: error });
  return `${error.code} ${shapeOf(error.message)}`;
}

/** A message less what is different each time: numbers and quoted text. */
function shapeOf(message: string): string {
  return message
    .slice(0, 160)
    .replace(/"(?:[^"\\]|\\.)*"?/g, '""')
    .replace(/\d+/g, '0')
    .slice(0, 80);
}

/** Fails loudly where something that has to hold does not. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const encoder = new TextEncoder();

/** Texts as a target's samples or tokens. */
export function texts(...lines: readonly string[]): Uint8Array[] {
  return lines.map((line) => encoder.encode(line));
}

/** The input as text, as files and pipes are read: what is not UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
