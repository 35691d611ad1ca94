/**
 * What kind of thing went wrong; callers decide on this, never on message text.
 *
 * - `input`: something the user wrote is wrong; nothing was dispatched.
 * - `evaluation`, `filter`: Nix or jq refused the flake or the expression.
 * - `unreachable`, `host-key`, `authentication`: a builder could not be logged in to.
 * - `not-nix`: logged in, but no daemon protocol came back.
 * - `protocol`: bytes arrived that the protocol does not allow.
 * - `connection-lost`: the peer went away in the middle.
 * - `daemon`: the daemon answered a request with an error of its own.
 * - `corrupt`: a store path's bytes do not match its hash or size.
 * - `timed-out`, `cancelled`: a limit or the user ended it.
 * - `local`: this machine lacks something (Nix, disk, a permission).
 */
export type ErrorCode =
  | 'input'
  | 'evaluation'
  | 'filter'
  | 'unreachable'
  | 'host-key'
  | 'authentication'
  | 'not-nix'
  | 'protocol'
  | 'connection-lost'
  | 'daemon'
  | 'corrupt'
  | 'timed-out'
  | 'cancelled'
  | 'local';

/** What goes with a {@link DispatchError} besides its message. */
export interface ErrorDetails {
  /** What the reader should do now, one sentence. */
  readonly hint?: string | undefined;
  /** The builder it happened on, as its machine line names it. */
  readonly host?: string | undefined;
  readonly cause?: unknown;
}

/** The one error of the project: every boundary translates what it catches into this, once. */
export class DispatchError extends Error {
  override readonly name = 'DispatchError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly host: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.host = details.host;
  }
}

/** Turns anything thrown into a {@link DispatchError}; `code` is used when it is not one already. */
export function toDispatchError(thrown: unknown, code: ErrorCode, details: ErrorDetails = {}): DispatchError {
  if (thrown instanceof DispatchError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new DispatchError(code, message, { cause: thrown, ...details });
}

/** Renders an error for a person: host, message, then the hint. No stack trace. */
export function describeError(error: DispatchError): string {
  const where = error.host === undefined || error.message.includes(error.host) ? '' : `${error.host}: `;
  const hint = error.hint === undefined ? '' : `\n${error.hint}`;
  return `${where}${error.message}${hint}`;
}

/** Renders an error as one line for a place that names the host by itself, such as a builder's row. */
export function describeTrouble({ message, hint }: DispatchError): string {
  return (hint === undefined ? message : `${message}. ${hint}`).replaceAll(/\s*\n\s*/g, ' ');
}
