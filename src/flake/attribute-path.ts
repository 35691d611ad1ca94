const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_'-]*$/;

/** Writes a string literal of the Nix language; any text survives, `${` included. */
export function nixString(text: string): string {
  const escaped = text.replace(/["\\]|\$(?=\{)/g, String.raw`\$&`);
  return `"${escaped
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\t', String.raw`\t`)}"`;
}

/**
 * An attribute path as one text, quoted where Nix needs it: `checks.x86_64-linux."weird.name"`. A single name stays as it
 * is, because that is what a jq program compares with (compat list, items 5 and 11).
 */
export function joinAttributes(path: readonly string[]): string {
  const [only] = path;
  if (path.length === 1 && only !== undefined) return only;
  return path.map((name) => (IDENTIFIER.test(name) ? name : nixString(name))).join('.');
}

/** Splits `a.b."c.d"` into its names; undefined when a quote or a name is missing. */
export function splitAttributes(text: string): readonly string[] | undefined {
  const names: string[] = [];
  const token = /(?:"((?:[^"\\]|\\.)*)"|([^".\s]+))(\.|$)/suy;
  let end = false;
  while (!end) {
    const match = token.exec(text);
    if (match === null) return undefined;
    const [, quoted, bare, separator] = match;
    names.push(quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/gsu, '$1'));
    end = separator === '';
  }
  return names;
}
