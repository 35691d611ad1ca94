/** A derivation that needs nothing but /bin/sh. */
export interface ShellBuild {
  readonly name: string;
  /** Run with `-ec` and no PATH; has to write `$out`. Default: an empty output. */
  readonly script?: string;
  readonly system?: string;
  readonly description?: string;
  /** Derivations it needs, as expressions, by the name of the variable that holds their output's path. */
  readonly needs?: Readonly<Record<string, string>>;
  readonly requiredFeatures?: readonly string[];
  /** Its output's path follows from the content of the output. */
  readonly contentAddressed?: boolean;
}

/** Top-level output, system, attribute: a Nix expression each. */
export type FlakeOutputs = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>
>;

/** System of the farm's hosts and of the runner. */
export const hostSystem = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux';

/** A system that nobody here builds for. */
export const foreignSystem = hostSystem === 'x86_64-linux' ? 'aarch64-linux' : 'x86_64-linux';

/** The expression for a build; the same options give the same derivation, so that needed ones can be shared. */
export function shellBuild(build: ShellBuild): string {
  const { name, script = 'echo > "$out"', system = hostSystem, description, needs = {} } = build;
  const attributes = [
    `name = ${nixString(name)};`,
    `system = ${nixString(system)};`,
    'builder = "/bin/sh";',
    `args = [ "-ec" ${nixString(script)} ];`,
    'inherit nonce;',
    ...Object.entries(needs).map(([variable, expression]) => `${variable} = ${expression};`),
    ...(build.requiredFeatures === undefined
      ? []
      : [`requiredSystemFeatures = [ ${build.requiredFeatures.map(nixString).join(' ')} ];`]),
    ...(build.contentAddressed === true
      ? ['__contentAddressed = true;', 'outputHashMode = "recursive";', 'outputHashAlgo = "sha256";']
      : []),
  ];
  const meta = description === undefined ? '' : ` // { meta.description = ${nixString(description)}; }`;
  return `(derivation { ${attributes.join(' ')} }${meta})`;
}

/** Text of a flake.nix. `nonce` makes derivations that no store has yet. */
export function flakeText(outputs: FlakeOutputs, nonce: string): string {
  const lines = Object.entries(outputs).flatMap(([topAttr, systems]) =>
    Object.entries(systems).flatMap(([system, attributes]) =>
      Object.entries(attributes).map(
        ([attr, expression]) => `    ${[topAttr, system, attr].map(nixString).join('.')} = ${expression};`,
      ),
    ),
  );
  return `{\n  outputs = { self }: let nonce = ${nixString(nonce)}; in {\n${lines.join('\n')}\n  };\n}\n`;
}

/** A string literal of Nix. */
function nixString(text: string): string {
  return JSON.stringify(text).replaceAll('${', '\\${');
}
