import { fromByteString } from '../byte-string.ts';
import type { ByteString } from '../byte-string.ts';
import type { Derivation, DynamicInput } from './derivation.ts';
import { formatOutputFields } from './output-fields.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/**
 * Writes a `.drv` file (protocol §17): what `parseDerivation` read comes out byte by byte. Entries keep the order that
 * they have; Nix sorts them by bytes.
 */
export function formatDerivation(derivation: Derivation): Uint8Array {
  const head = derivation.isDynamic ? 'DrvWithVersion("xp-dyn-drv",' : 'Derive(';
  const fields = [
    formatOutputs(derivation),
    formatInputs(derivation),
    quoteList(derivation.inputSources),
    quote(derivation.system),
    quote(derivation.builder),
    quoteList(derivation.args),
    list([...derivation.environment].map(([key, value]) => `(${quote(key)},${quote(value)})`)),
  ];
  return fromByteString(`${head}${fields.join(',')})`);
}

function formatOutputs(derivation: Derivation): ByteString {
  return list(
    [...derivation.outputs].map(([name, output]) => {
      const { path, hashAlgo, hash } = formatOutputFields(output);
      return `(${[name, path, hashAlgo, hash].map(quote).join(',')})`;
    }),
  );
}

function formatInputs(derivation: Derivation): ByteString {
  return list(
    [...derivation.inputDerivations].map(([path, outputs]) => {
      const dynamicOutputs = derivation.dynamicInputs.get(path);
      const value =
        dynamicOutputs === undefined ? quoteList(outputs) : formatDynamicInput({ outputs, dynamicOutputs });
      return `(${quote(path)},${value})`;
    }),
  );
}

function formatDynamicInput({ outputs, dynamicOutputs }: DynamicInput): ByteString {
  if (dynamicOutputs.size === 0) return quoteList(outputs);
  const nested = [...dynamicOutputs].map(([name, input]) => `(${quote(name)},${formatDynamicInput(input)})`);
  return `(${quoteList(outputs)},${list(nested)})`;
}

function quote(text: ByteString): ByteString {
  return `"${text.replaceAll(/["\\\n\r\t]/g, (character) => ESCAPES[character] ?? character)}"`;
}

function quoteList(items: readonly ByteString[]): ByteString {
  return list(items.map(quote));
}

function list(items: readonly ByteString[]): ByteString {
  return `[${items.join(',')}]`;
}
