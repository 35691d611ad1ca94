/** Reads a file of step outputs as GitHub's toolkit writes it: `name<<DELIMITER`, lines of the value, `DELIMITER`. */
export function parseOutputs(text: string): ReadonlyMap<string, string> {
  const outputs = new Map<string, string>();
  for (const match of text.matchAll(/^(.+?)<<(.+)\n([^]*?)\n?^\2$/gm)) {
    const [, name = '', , value = ''] = match;
    outputs.set(name, value);
  }
  return outputs;
}
