import { DispatchError } from '../../errors.ts';
import type { DaemonError } from '../protocol/daemon-error.ts';

/** Removes colours from what a daemon says. */
export function withoutColours(text: string): string {
  return text.replaceAll(/\u001B\[[0-9;]*m/g, '');
}

/** The daemon's own refusal, as an error of this host. */
export function refusal(host: string, purpose: string, error: DaemonError): DispatchError {
  const lines = [error.message, ...error.traces].map((text) => withoutColours(text).trim());
  return new DispatchError('daemon', `${purpose}: ${lines.join('\n')}`, { host });
}

/**
 * Whether a process that only passes questions on has lost the daemon behind it: it never looks for another one, and refuses whatever it
 * is asked from then on (`RemoteStore` of Nix).
 */
export function hasLostItsStore({ message }: DaemonError): boolean {
  return /opening a connection to remote store '.*' previously failed|cannot connect to (?:daemon|socket) at '/.test(
    withoutColours(message),
  );
}

/** A fault of the conversation, told of the request that met it. */
export function during(host: string, purpose: string, fault: DispatchError): DispatchError {
  return new DispatchError(fault.code, `${purpose}: ${fault.message}`, {
    host,
    hint: fault.hint,
    cause: fault,
  });
}

/** The peer is gone while something was under way (or about to be). */
export function lost(
  host: string,
  purpose: string,
  details: { cause: unknown; stderr: string },
): DispatchError {
  const { cause, stderr } = details;
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  return new DispatchError(
    'connection-lost',
    `lost the connection to ${host} while ${purpose}${why}${quoteStderr(stderr)}`,
    {
      host,
      cause,
    },
  );
}

/** `; its stderr ends with: …`, or nothing. */
export function quoteStderr(stderr: string): string {
  const text = withoutColours(stderr).trim().slice(-2000);
  return text === '' ? '' : `; its stderr ends with: ${text}`;
}
