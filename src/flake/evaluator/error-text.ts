import type { SourcePosition } from '../job.ts';

/** What a person should see of an error of Nix. */
export interface ErrorText {
  readonly message: string;
  readonly position: SourcePosition | undefined;
}

const MAX_LINES = 20;
const MAX_LENGTH = 4000;
const POSITION = /^\s*at ((?:\/(?!\/)|«(?!nix-internal|string|none)).+?):(\d+):(\d+)/;
const FRAME = /^\s*(?:… |at (?:\/|«|<).*:\d+:\d+:?$|\(stack trace truncated|\(use '--show-trace')/;

/**
 * Takes the lines that matter out of an error of Nix: the message without stack frames and code excerpts. Nix 2.8 puts the frames
 * behind the message, innermost first; newer versions put them before it, innermost last. The position is the one nearest to the
 * error that lies inside the flake, as a path relative to its source; failing that, the nearest of all.
 *
 * @param text as Nix printed it, colours removed
 * @param roots what the names of files in the flake's source begin with
 */
export function readError(text: string, roots: readonly string[]): ErrorText {
  const lines = text.split('\n');
  const start = messageStart(lines);
  const rest = lines.slice(start);
  const frames = rest.findIndex((line) => FRAME.test(line));
  const message = dedent(frames === -1 ? rest : rest.slice(0, frames)).join('\n');
  const nearestFirst = [...rest, ...lines.slice(0, start).reverse()];
  return { message: shorten(message), position: nearestPosition(nearestFirst, roots) };
}

/** Newer versions begin with a bare `error:` and repeat it, indented, before the message. */
function messageStart(lines: readonly string[]): number {
  if (lines[0]?.trim() !== 'error:')
    return Math.max(
      0,
      lines.findIndex((line) => /^error: \S/.test(line)),
    );
  return Math.max(
    0,
    lines.findIndex((line) => /^ {7}error: /.test(line)),
  );
}

function dedent(lines: readonly string[]): string[] {
  const [first = '', ...rest] = lines;
  const body = rest.map((line) => line.replace(/^ {1,7}/, '').trimEnd());
  return [first.trim().replace(/^error: /, ''), ...body];
}

function shorten(message: string): string {
  const lines = message.trim().split('\n');
  const kept = lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), '…'] : lines;
  const text = kept.join('\n');
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

function nearestPosition(lines: readonly string[], roots: readonly string[]): SourcePosition | undefined {
  const positions = lines.flatMap((line) => {
    const [, file, lineNumber, column] = POSITION.exec(line) ?? [];
    return file === undefined ? [] : [{ file, line: Number(lineNumber), column: Number(column) }];
  });
  for (const position of positions) {
    const root = roots.find((prefix) => position.file.startsWith(`${prefix}/`));
    if (root !== undefined) return { ...position, file: position.file.slice(root.length + 1) };
  }
  return positions[0];
}
