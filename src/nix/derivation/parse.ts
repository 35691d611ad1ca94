import { DispatchError } from '../../errors.ts';
import type { ByteString } from '../byte-string.ts';
import { DEFAULT_STORE_DIR, parseStorePath, storePathName } from '../store-path.ts';
import type { StorePath } from '../store-path.ts';
import { createAtermReader } from './aterm-reader.ts';
import type { AtermReader } from './aterm-reader.ts';
import type { Derivation, DerivationOutput, DynamicInput } from './derivation.ts';
import { parseOutputFields } from './output-fields.ts';

/** A derivation nested deeper than this in the outputs of others is refused; real ones have one or two levels. */
const MAX_DYNAMIC_DEPTH = 64;

const DRV_SUFFIX = '.drv';

/**
 * Reads a `.drv` file (protocol §17).
 *
 * @param drvPath where it lies; gives the derivation's name
 * @throws DispatchError `protocol` naming the derivation, the byte and what was expected there
 */
export function parseDerivation(
  bytes: Uint8Array,
  drvPath: StorePath,
  storeDir: string = DEFAULT_STORE_DIR,
): Derivation {
  const fileName = storePathName(drvPath);
  if (!fileName.endsWith(DRV_SUFFIX)) {
    throw new DispatchError(
      'protocol',
      `${drvPath} is no derivation: its name does not end in ${DRV_SUFFIX}`,
    );
  }
  return parseNamedDerivation(bytes, fileName.slice(0, -DRV_SUFFIX.length), storeDir);
}

/** Like {@link parseDerivation}, for a derivation whose name is known but not its path. */
export function parseNamedDerivation(
  bytes: Uint8Array,
  name: string,
  storeDir: string = DEFAULT_STORE_DIR,
): Derivation {
  const reader = createAtermReader(bytes, name);
  const isDynamic = !reader.skip('Derive(');
  if (isDynamic) {
    reader.expect('DrvWithVersion("xp-dyn-drv",');
  }
  const outputs = readMap(reader, name, () => readOutput(reader, storeDir));
  reader.expect(',');
  const inputs = readInputs(reader, name, storeDir, isDynamic);
  reader.expect(',');
  const inputSources = reader.list(() => parseStorePath(reader.string(), storeDir));
  reader.expect(',');
  const system = reader.string();
  reader.expect(',');
  const builder = reader.string();
  reader.expect(',');
  const args = reader.list(() => reader.string());
  reader.expect(',');
  const environment = readMap(reader, name, () => reader.string());
  reader.expect(')');
  reader.end();
  return { name, outputs, ...inputs, inputSources, system, builder, args, environment, isDynamic };
}

function readOutput(reader: AtermReader, storeDir: string): DerivationOutput {
  const path = reader.string();
  reader.expect(',');
  const hashAlgo = reader.string();
  reader.expect(',');
  return parseOutputFields({ path, hashAlgo, hash: reader.string() }, storeDir);
}

function readInputs(
  reader: AtermReader,
  name: string,
  storeDir: string,
  isDynamic: boolean,
): Pick<Derivation, 'inputDerivations' | 'dynamicInputs'> {
  const inputDerivations = new Map<StorePath, readonly string[]>();
  const dynamicInputs = new Map<StorePath, ReadonlyMap<string, DynamicInput>>();
  const inputs = readMap(reader, name, () => readDynamicInput(reader, name, isDynamic, 0));
  for (const [text, { outputs, dynamicOutputs }] of inputs) {
    const path = parseStorePath(text, storeDir);
    inputDerivations.set(path, outputs);
    if (dynamicOutputs.size > 0) dynamicInputs.set(path, dynamicOutputs);
  }
  return { inputDerivations, dynamicInputs };
}

const NO_DYNAMIC_OUTPUTS: ReadonlyMap<string, DynamicInput> = new Map();

function readDynamicInput(
  reader: AtermReader,
  name: string,
  isDynamic: boolean,
  depth: number,
): DynamicInput {
  const isNested = isDynamic && reader.skip('(');
  const outputs = reader.list(() => reader.string());
  if (!isNested) return { outputs, dynamicOutputs: NO_DYNAMIC_OUTPUTS };
  if (depth >= MAX_DYNAMIC_DEPTH) {
    throw new DispatchError('protocol', `the dynamic inputs of derivation ${name} are nested too deep`);
  }
  reader.expect(',');
  const dynamicOutputs = readMap(reader, name, () => readDynamicInput(reader, name, isDynamic, depth + 1));
  reader.expect(')');
  return { outputs, dynamicOutputs };
}

function readMap<T>(reader: AtermReader, name: string, value: () => T): Map<ByteString, T> {
  const entries = new Map<ByteString, T>();
  reader.list(() => {
    reader.expect('(');
    const key = reader.string();
    reader.expect(',');
    if (entries.has(key)) {
      throw new DispatchError('protocol', `derivation ${name} has ${JSON.stringify(key)} twice`);
    }
    entries.set(key, value());
    reader.expect(')');
  });
  return entries;
}
