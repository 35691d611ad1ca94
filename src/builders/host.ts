import type { Duplex } from 'node:stream';
import type { DispatchError } from '../errors.ts';

/** A running command: its stdin is written to, its stdout read from `stream`. */
export interface CommandChannel {
  readonly stream: Duplex;
  /** The last that it wrote to stderr, which is drained. */
  readonly stderrTail: () => string;
  /** Its exit code, or undefined when a signal or the loss of the connection ended it. Never rejects. */
  readonly exited: Promise<number | undefined>;
}

/** A stream to a Nix daemon on which nothing has been said yet. */
export interface DaemonChannel {
  readonly stream: Duplex;
  readonly stderrTail: () => string;
  /** The process that the daemon sees as its client, where that is known (protocol §12.2). */
  readonly clientPid: () => number | undefined;
}

/** The machine of a builder, reached. */
export interface BuilderHost {
  /** Throws DispatchError that names the host. */
  openDaemonChannel(): Promise<DaemonChannel>;
  /** Starts a command, its words quoted for whatever shell runs it. Throws DispatchError that names the host. */
  openCommand(words: readonly string[]): Promise<CommandChannel>;
  /** The reason why the machine cannot be reached any more, or undefined when we closed it. Never rejects. */
  readonly lost: Promise<DispatchError | undefined>;
  close(): void;
}
