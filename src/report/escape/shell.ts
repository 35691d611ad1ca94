const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** The text as one word of a POSIX shell; quoted only where it has to be. */
export function shellWord(text: string): string {
  return PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
