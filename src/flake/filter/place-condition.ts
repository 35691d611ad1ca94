/** A field of a jq program's input that attribute names tell. */
export type PlaceField = 'top_attr' | 'system' | 'attr';

/**
 * What can be said of a filter before everything is evaluated.
 *
 * - `decides`: the program looks at nothing but known fields; its result is final.
 * - `excludes`: where this part of the program is false, the whole program selects nothing.
 */
export interface PlaceCondition {
  readonly kind: 'decides' | 'excludes';
  readonly program: string;
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly depth: number;
}

/**
 * Finds the part of a valid jq program that the known fields decide; undefined when there is none.
 *
 * Why this is sound: the only object a filter is given is its input. Programs made of harmless tokens can neither build
 * another object nor iterate over one, so the known fields are the only way into the input, and two inputs that agree on
 * them give the same result. `A and B` does not look at `B` where `A` is false.
 */
export function placeCondition(program: string, known: readonly PlaceField[]): PlaceCondition | undefined {
  const tokens = tokenize(program);
  if (tokens === undefined) return undefined;
  const fields = new Set(known.map((field) => `.${field}`));
  const isDecidable = (token: Token): boolean => fields.has(token.text) || HARMLESS.test(token.text);
  if (tokens.every(isDecidable)) return { kind: 'decides', program };
  const top = tokens.filter((token) => token.depth === 0);
  if (top.some((token) => BINDS_LOOSER_THAN_AND.test(token.text))) return undefined;
  const leading: string[] = [];
  let start = 0;
  for (const conjunction of top.filter((token) => token.text === 'and')) {
    const part = tokens.filter((token) => token.start >= start && token.start < conjunction.start);
    if (!part.every(isDecidable)) break;
    leading.push(program.slice(start, conjunction.start));
    start = conjunction.start + conjunction.text.length;
  }
  return leading.length === 0 ? undefined : { kind: 'excludes', program: leading.join(' and ') };
}

/** A bare `.` is missing: `."name"` would be a field. So are `any`, `all` and `join`, which iterate over objects. */
const HARMLESS =
  /^(?:"(?:[^"\\]|\\[^(])*"|\d+|==|!=|<=?|>=?|\/\/|[|(),;?]|and|or|not|true|false|null|empty|select|if|then|elif|else|end|test|startswith|endswith|contains|inside|IN|length|ascii_downcase|ascii_upcase|ltrimstr|rtrimstr)$/s;

/** Where one of these stands outside parentheses, a leading `A and` need not decide the rest. */
const BINDS_LOOSER_THAN_AND =
  /^(?:[|,;]|\/\/|or|\?\/\/|[-+*/%|]?=|\/\/=|def|as|if|then|elif|else|end|reduce|foreach|try|catch|label|import|include)$/;

const TOKEN =
  /"(?:[^"\\]|\\[^(])*"|\.?[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z0-9_]+)*|\?\/\/|\/\/=|[=!<>|+\-*/%]=|\/\/|\d+(?:\.\d+)?|\.\.|[|(),;?[\]{}<>=+\-*/%:$@.]/sy;

/** Undefined for what this small lexer leaves to jq: comments, string interpolation, odd numbers. */
function tokenize(program: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let depth = 0;
  let at = 0;
  while (at < program.length) {
    if (/\s/.test(program[at] ?? '')) {
      at += 1;
      continue;
    }
    TOKEN.lastIndex = at;
    const text = TOKEN.exec(program)?.[0];
    if (text === undefined) return undefined;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    tokens.push({ text, start: at, depth });
    if (/^[([{]$/.test(text)) depth += 1;
    at += text.length;
  }
  return tokens;
}
