const ROW = /^ {4}/;
const MARKS = /^ {4}( *)(\^+)$/;
const MOST_LINES = 12;
const MOST_CHARACTERS = 300;
/** Shown before and behind the place of a fault. */
const AROUND_CHARACTERS = 60;

/**
 * What jq 1.8 says of a program that it does not take, with what lies around each fault instead of the whole line that it is in: jq
 * repeats that line for every fault, however long it is.
 *
 * @param stderr as jq printed it: a line for each fault, below it the line of the program and marks under the place
 */
export function jqComplaint(stderr: string): string {
  const lines = stderr
    .trim()
    .replace(/\njq: \d+ compile errors?$/, '')
    .split('\n');
  const shown = lines.flatMap((line, index) => {
    const marked = MARKS.exec(lines[index + 1] ?? '');
    if (marked !== null && ROW.test(line)) return excerpt(line.replace(ROW, ''), marked);
    return MARKS.test(line) && index > 0 ? [] : [shortened(line, MOST_CHARACTERS)];
  });
  return (shown.length > MOST_LINES ? [...shown.slice(0, MOST_LINES), '…'] : shown).join('\n');
}

/** The text, or its beginning. Never half a character. */
export function shortened(text: string, mostCharacters: number): string {
  const characters = Array.from(text.slice(0, 2 * mostCharacters + 2));
  return characters.length > mostCharacters ? `${characters.slice(0, mostCharacters).join('')}…` : text;
}

/** jq counts in bytes, and so does what it indents its marks by. */
function excerpt(row: string, [, indent = '', marks = '']: RegExpExecArray): readonly string[] {
  const bytes = new TextEncoder().encode(row.replaceAll(/[\t\r]/g, ' '));
  const characters = (from: number, to: number): string[] =>
    Array.from(new TextDecoder().decode(bytes.slice(from, to)));
  const before = characters(0, indent.length);
  const fault = characters(indent.length, indent.length + marks.length);
  const after = characters(indent.length + marks.length, bytes.length);

  const head = before.length > AROUND_CHARACTERS ? ['…', ...before.slice(-AROUND_CHARACTERS)] : before;
  const isCut = fault.length > AROUND_CHARACTERS;
  const core = fault.slice(0, AROUND_CHARACTERS);
  const rest = isCut ? [] : after.slice(0, AROUND_CHARACTERS);
  const tail = isCut || after.length > rest.length ? '…' : '';
  return [
    `    ${[...head, ...core, ...rest].join('')}${tail}`,
    `    ${' '.repeat(head.length)}${'^'.repeat(Math.max(1, core.length))}`,
  ];
}
