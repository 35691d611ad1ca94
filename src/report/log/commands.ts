import { DispatchError } from '../../errors.ts';

/** A guess at a shorter one could succeed; GitHub's runner also takes command names for tokens, which are short. */
const TOKEN = /^[A-Za-z0-9_-]{16,}$/;

/**
 * The line after which GitHub's runner takes no line for a command until {@link resumeCommands} with the same token.
 *
 * @param token at least 16 random characters that no build can know
 * @throws DispatchError `local` when the token is not of that form
 */
export function stopCommands(token: string): string {
  return `::stop-commands::${checkedToken(token)}`;
}

/** The line that ends what {@link stopCommands} began. */
export function resumeCommands(token: string): string {
  return `::${checkedToken(token)}::`;
}

/** The lines between a stop and a resume: whatever they say is only shown. */
export function withCommandsStopped(token: string, lines: readonly string[]): readonly string[] {
  return [stopCommands(token), ...lines, resumeCommands(token)];
}

function checkedToken(token: string): string {
  if (TOKEN.test(token)) return token;
  throw new DispatchError(
    'local',
    'the token that stops workflow commands is shorter than 16 plain characters',
  );
}
