import { DispatchError } from '../../errors.ts';
import { decodeText } from '../wire/decode.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import type { Decoding } from '../wire/decode.ts';
import type { WireWriter } from '../wire/encode.ts';
import { baseName, storePathFromBaseName } from '../store-path.ts';
import type { StorePath } from '../store-path.ts';
import { decodeStorePath, decodeTexts } from './path-info.ts';

/** Names an output of a derivation by the derivation's hash, or by its path where that feature was agreed on. */
export interface DrvOutput {
  /** `sha256:<hex>` or a store path. Of no use to us: newer daemons send zeros (protocol §6.6). */
  readonly drv: string;
  readonly outputName: string;
}

/** Where an output lies, without saying which output it is. */
export interface UnkeyedRealisation {
  readonly outPath: StorePath;
  /** Each `keyname:base64`. */
  readonly signatures: readonly string[];
}

/** Says that this output of this derivation is that path. */
export interface Realisation extends DrvOutput, UnkeyedRealisation {
  /** `sha256:<hex>!<output>` to the path it has; empty from Nix 2.35 on. */
  readonly dependentRealisations: ReadonlyMap<string, StorePath>;
}

/**
 * How the JSON is written: signatures as `keyname:base64` (up to Nix 2.33), as objects (2.34), or `bare` with neither
 * signatures nor dependencies (2.35 to a peer without the feature).
 */
export type RealisationStyle = 'strings' | 'objects' | 'bare';

/** Writes `sha256:<hex>!<output>`. */
export function formatDrvOutput(output: DrvOutput): string {
  return `${output.drv}!${output.outputName}`;
}

/** Splits at the last `!`. Throws DispatchError `protocol` when there is none. */
export function parseDrvOutput(text: string): DrvOutput {
  const bang = text.lastIndexOf('!');
  if (bang === -1) throw badRealisation(text, 'no "!" before the output name');
  return { drv: text.slice(0, bang), outputName: text.slice(bang + 1) };
}

/** Writes the JSON text of a realisation, keys sorted as Nix does. */
export function formatRealisation(realisation: Realisation, style: RealisationStyle): string {
  const id = formatDrvOutput(realisation);
  const outPath = baseName(realisation.outPath);
  if (style === 'bare') return JSON.stringify({ id, outPath });
  const dependentRealisations = Object.fromEntries(
    [...realisation.dependentRealisations].map(([key, path]) => [key, baseName(path)]),
  );
  const signatures =
    style === 'strings' ? realisation.signatures : realisation.signatures.map((text) => splitSignature(text));
  return JSON.stringify({ dependentRealisations, id, outPath, signatures });
}

/** Reads the JSON text of a realisation in any of its forms. Throws DispatchError `protocol`. */
export function parseRealisation(text: string): Realisation {
  const json = parseObject(text);
  const { id, outPath, signatures, dependentRealisations } = json;
  if (typeof id !== 'string' || typeof outPath !== 'string')
    throw badRealisation(text, 'id or outPath is missing');
  return {
    ...parseDrvOutput(id),
    outPath: storePathFromBaseName(outPath),
    signatures: Array.isArray(signatures) ? signatures.map((item: unknown) => joinSignature(item, text)) : [],
    dependentRealisations: parseDependencies(dependentRealisations, text),
  };
}

/** Reads UnkeyedRealisation, with the feature (protocol §6.7). */
export function* decodeUnkeyedRealisation(input: ByteQueue): Decoding<UnkeyedRealisation> {
  return { outPath: yield* decodeStorePath(input), signatures: yield* decodeTexts(input) };
}

/** Reads DrvOutput, with the feature. */
export function* decodeDrvOutput(input: ByteQueue): Decoding<DrvOutput> {
  return { drv: yield* decodeStorePath(input), outputName: yield* decodeText(input) };
}

/** Writes UnkeyedRealisation, with the feature. */
export function encodeUnkeyedRealisation(writer: WireWriter, realisation: UnkeyedRealisation): void {
  writer.string(realisation.outPath).set(realisation.signatures);
}

/** Writes DrvOutput, with the feature. */
export function encodeDrvOutput(writer: WireWriter, output: DrvOutput): void {
  writer.string(output.drv).string(output.outputName);
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badRealisation(text, 'not JSON', cause);
  }
  if (!isRecord(json)) throw badRealisation(text, 'not an object');
  return json;
}

function parseDependencies(json: unknown, text: string): Map<string, StorePath> {
  const dependencies = new Map<string, StorePath>();
  if (json === undefined) return dependencies;
  if (!isRecord(json)) throw badRealisation(text, 'dependentRealisations is not an object');
  for (const [id, base] of Object.entries(json)) {
    if (typeof base !== 'string') throw badRealisation(text, 'a dependent realisation is not a path');
    dependencies.set(id, storePathFromBaseName(base));
  }
  return dependencies;
}

function joinSignature(item: unknown, text: string): string {
  if (typeof item === 'string') return item;
  if (isRecord(item) && typeof item['keyName'] === 'string' && typeof item['sig'] === 'string') {
    return `${item['keyName']}:${item['sig']}`;
  }
  throw badRealisation(text, 'a signature is neither text nor keyName and sig');
}

function splitSignature(text: string): { keyName: string; sig: string } {
  const colon = text.indexOf(':');
  return { keyName: text.slice(0, colon), sig: text.slice(colon + 1) };
}

function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function badRealisation(text: string, fault: string, cause?: unknown): DispatchError {
  const message = `expected a realisation, got ${JSON.stringify(text.slice(0, 200))}: ${fault}`;
  return new DispatchError('protocol', message, { cause });
}
