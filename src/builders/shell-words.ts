const SAFE_WORD = /^[\w@%+=:,./-]+$/;

/** Joins words to a command for a POSIX shell that gives back exactly these words. */
export function shellCommand(words: readonly string[]): string {
  return words.map((word) => (SAFE_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
