import type { SourcePosition } from '../job.ts';

/** What a person should see of an error of Nix. */
export interface ErrorText {
  readonly message: string;
  readonly position: SourcePosition | undefined;
}

const MAX_LINES = 20;
const MAX_LENGTH = 4000;
const POSITION = /\bat (\/[^/].*?):(\d+):(\d+)/;

/**
 * Takes the lines that matter out of an error of Nix: what stands behind the last `error:`, without code excerpts and
 * stack frames. The position is the one nearest to the error that lies inside the flake's source, as a path relative to it; failing
 * that, the nearest of all.
 *
 * @param text as Nix printed it, colours removed
 * @param sourcePath the flake's source in the store
 */
export function readError(text: string, sourcePath: string): ErrorText {
  const lines = text.split('\n');
  const start = lines.findLastIndex((line) => /^\s*error: \S/.test(line));
  const own = start === -1 ? lines : lines.slice(start);
  const message = dedent(own.filter((line) => !isFrame(line))).join('\n');
  return { message: shorten(message), position: nearestPosition(own, lines, sourcePath) };
}

function isFrame(line: string): boolean {
  return /^\s*(?:\d+)?\|/.test(line) || /^\s*(?:… .*|at (?:\/|«).*:\d+:\d+.*)$/.test(line);
}

function dedent(lines: readonly string[]): string[] {
  const [first = '', ...rest] = lines;
  const indent = Math.min(
    ...rest.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length),
  );
  const body = rest.map((line) => line.slice(Number.isFinite(indent) ? indent : 0).trimEnd());
  const all = [first.trim().replace(/^error: /, ''), ...body];
  // Left-out excerpts leave blank lines behind.
  return all.filter((line, index) => line !== '' || (all[index - 1] ?? '') !== '');
}

function shorten(message: string): string {
  const lines = message.trim().split('\n');
  const kept = lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), '…'] : lines;
  const text = kept.join('\n');
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** Code of Nix itself (`«nix-internal»`, `//builtin`) is no place to look at. */
function nearestPosition(
  own: readonly string[],
  all: readonly string[],
  sourcePath: string,
): SourcePosition | undefined {
  // Behind the error stands where it arose; before it stand the frames, the innermost last.
  const frames = all.slice(0, all.length - own.length).reverse();
  const positions = [...own, ...frames].flatMap((line) => positionIn(line, sourcePath) ?? []);
  return positions.find((position) => !position.file.startsWith('/')) ?? positions[0];
}

function positionIn(line: string, sourcePath: string): SourcePosition | undefined {
  const match = POSITION.exec(line);
  const [, file, lineNumber, column] = match ?? [];
  if (file === undefined) return undefined;
  const inside = file.startsWith(`${sourcePath}/`) ? file.slice(sourcePath.length + 1) : file;
  return { file: inside, line: Number(lineNumber), column: Number(column) };
}
