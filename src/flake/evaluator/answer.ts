import { DispatchError } from '../../errors.ts';
import { IMPURE_SYSTEM } from './load-flake.ts';
import { isDerivationPath, isStorePath, parseStorePath, type StorePath } from '../../nix/store-path.ts';

/** A derivation, as an evaluator describes it. */
export interface DerivationAnswer {
  readonly kind: 'derivation';
  readonly name: string;
  readonly description: string;
  /** That the derivation is for, '' when it doesn't say. */
  readonly system: string;
  readonly drvPath: StorePath;
  /** Undefined: content-addressed, the path is known after the build. */
  readonly outputs: ReadonlyMap<string, StorePath | undefined>;
  readonly requiredFeatures: readonly string[];
}

/** What an evaluator says of an attribute. */
export type Answer =
  | DerivationAnswer
  | { readonly kind: 'set'; readonly names: readonly string[]; readonly recurse: boolean }
  /** Neither derivation nor set; `type` as `builtins.typeOf` names it. */
  | { readonly kind: 'other'; readonly type: string };

/**
 * Parses the JSON of an answer.
 *
 * @throws DispatchError `evaluation` when a part is missing or is no store path: a set that only calls itself a derivation
 */
export function parseAnswer(json: string): Answer {
  if (json.includes(IMPURE_SYSTEM)) {
    throw new DispatchError('evaluation', "attribute 'currentSystem' missing: evaluation is pure");
  }
  const value = parseJson(json);
  if (!isObject(value)) throw malformed('an object', value);
  switch (value['kind']) {
    case 'derivation':
      return derivationAnswer(value);
    case 'program':
      return programAnswer(value);
    case 'set':
      return { kind: 'set', names: strings(value['names']), recurse: value['recurse'] === true };
    case 'other':
      return { kind: 'other', type: string(value['type']) };
    default:
      throw malformed('derivation, program, set or other', value['kind']);
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw malformed('JSON', json);
  }
}

function derivationAnswer(value: Record<string, unknown>): DerivationAnswer {
  const outputs = value['outputs'];
  if (!isObject(outputs)) throw malformed('outputs', outputs);
  return {
    kind: 'derivation',
    name: string(value['name']),
    description: string(value['description']),
    system: string(value['system']),
    drvPath: derivationPath(value['drvPath']),
    outputs: new Map(Object.entries(outputs).map(([name, path]) => [name, outputPath(path)])),
    requiredFeatures: strings(value['features']),
  };
}

/** An app is the one output that its program lies in. */
function programAnswer(value: Record<string, unknown>): DerivationAnswer {
  const drvPath = derivationPath(value['drvPath']);
  const directory = /^\/[^/]+\/[^/]+\/[^/]+/.exec(string(value['program']))?.[0];
  return {
    kind: 'derivation',
    name: drvPath.replace(/^.*?\/[a-z0-9]{32}-(.*)\.drv$/, '$1'),
    description: string(value['description']),
    system: '',
    drvPath,
    outputs: new Map([[string(value['output']), outputPath(directory)]]),
    requiredFeatures: [],
  };
}

function derivationPath(value: unknown): StorePath {
  const path = parseStorePath(string(value));
  if (!isDerivationPath(path)) throw malformed('a .drv path', path);
  return path;
}

/** A content-addressed output is a placeholder that is no store path. */
function outputPath(value: unknown): StorePath | undefined {
  return typeof value === 'string' && isStorePath(value) ? value : undefined;
}

function strings(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw malformed('a list', value);
  return value.map(string);
}

function string(value: unknown): string {
  if (typeof value !== 'string') throw malformed('a string', value);
  return value;
}

function malformed(expected: string, found: unknown): DispatchError {
  return new DispatchError(
    'evaluation',
    `expected ${expected} in what Nix says of the derivation, found ${(JSON.stringify(found) ?? 'nothing').slice(0, 200)}`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
