/** Options of {@link shellDerivation}. */
export interface ShellDerivation {
  readonly name: string;
  /** For /bin/sh, with no PATH; has to write $out. */
  readonly script: string;
  readonly system?: string;
}

/** A Nix expression for a derivation that needs nothing but /bin/sh. */
export function shellDerivation({ name, script, system = 'x86_64-linux' }: ShellDerivation): string {
  const text = (value: string): string => JSON.stringify(value).replaceAll('${', '\\${');
  return `derivation { name = ${text(name)}; system = ${text(system)}; builder = "/bin/sh"; args = [ "-c" ${text(script)} ]; }`;
}
