/**
 * A machines file with lines added between two comments, by which they are found again.
 *
 * @param mark tells one job's lines from another's; no blanks
 */
export function blockOf(mark: string, lines: readonly string[]): string {
  return `${begin(mark)}\n${lines.join('\n')}\n${end(mark)}\n`;
}

/** The file without those lines, whatever else has been changed since. */
export function withoutBlock(text: string, mark: string): string {
  const kept: string[] = [];
  let isOurs = false;
  for (const line of text.split('\n')) {
    if (line === begin(mark)) isOurs = true;
    if (!isOurs) kept.push(line);
    if (line === end(mark)) isOurs = false;
  }
  return kept.join('\n');
}

// No `;` in here: Nix before 2.29 ends an entry at one, in a comment too.
function begin(mark: string): string {
  return `# nix-dispatch ${mark}: from here`;
}

function end(mark: string): string {
  return `# nix-dispatch ${mark}: to here`;
}
