/** One line that Nix wrote with `--log-format internal-json`. */
export type NixLogLine =
  /** What `builtins.trace` was given. */
  | { readonly kind: 'trace'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'notice'; readonly text: string }
  /** A build that evaluation waits for (import from derivation). */
  | { readonly kind: 'build-started'; readonly drvPath: string; readonly machine: string }
  /** Progress that nobody reads. */
  | { readonly kind: 'activity' }
  /** Text outside the format: what a dying evaluator says. */
  | { readonly kind: 'raw'; readonly text: string };

const PREFIX = '@nix ';
/** `actBuild` of Nix's logging.hh. */
const ACTIVITY_BUILD = 105;
/** Evaluators that write to one store wait for each other, and say so. */
const STORE_BUSY = /SQLite database .* is busy/;
const LEVEL_ERROR = 0;
const LEVEL_WARN = 1;
const MILD = /^(?:(?:evaluation )?warning|error \(ignored\)): /;

/** Parses one line of an evaluator's standard error. Total: text that makes no sense is `raw`. */
export function parseNixLogLine(line: string): NixLogLine {
  const message = line.startsWith(PREFIX) ? parseObject(line.slice(PREFIX.length)) : undefined;
  if (message === undefined) return rawLine(plainText(line));
  if (message['action'] === 'start' && message['type'] === ACTIVITY_BUILD) {
    const [drvPath, machine]: unknown[] = Array.isArray(message['fields']) ? message['fields'] : [];
    if (typeof drvPath !== 'string') return { kind: 'activity' };
    return { kind: 'build-started', drvPath, machine: typeof machine === 'string' ? machine : '' };
  }
  const text = message['msg'];
  if (message['action'] !== 'msg' || typeof text !== 'string') return { kind: 'activity' };
  return messageLine(text, message['level']);
}

/** Removes colours, cursor movement, links and every control character but newline and tab. */
export function plainText(text: string): string {
  return text
    .replace(/\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)/g, '')
    .replace(/\u001B\[[0-?]*[ -/]*[@-~]/g, '')
    .replaceAll('\r\n', '\n')
    .replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '');
}

/** Settings are read before the format is chosen, and warned of in plain text. */
function rawLine(text: string): NixLogLine {
  return text.startsWith('warning: ')
    ? { kind: 'warning', text: text.replace(MILD, '') }
    : { kind: 'raw', text };
}

function messageLine(text: string, level: unknown): NixLogLine {
  // Only an answer must keep every byte, and answers are traces.
  if (level === LEVEL_ERROR && text.startsWith('trace: ')) {
    return { kind: 'trace', text: text.slice('trace: '.length) };
  }
  const plain = plainText(text);
  if (STORE_BUSY.test(plain)) return { kind: 'activity' };
  // `builtins.warn` and settings warn at the level of errors.
  if (level === LEVEL_WARN || MILD.test(plain)) {
    return { kind: 'warning', text: plain.replace(MILD, '') };
  }
  return level === LEVEL_ERROR ? { kind: 'error', text: plain } : { kind: 'notice', text: plain };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  const value = parseJson(text) ?? parseJson(text.replace(/[\u0000-\u001F]/g, ''));
  return isObject(value) ? value : undefined;
}

/** Undefined for what is no JSON: old versions leave control characters of names in it as they are. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
