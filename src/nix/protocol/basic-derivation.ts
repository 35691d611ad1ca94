import type { ByteString } from '../byte-string.ts';
import type { StorePath } from '../store-path.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import { decodeByteString, decodeList, decodeMap, decodeText } from '../wire/decode.ts';
import type { Decoding } from '../wire/decode.ts';
import type { WireWriter } from '../wire/encode.ts';
import { decodeStorePaths } from './path-info.ts';

/** An output as ATerm and the wire write it; which kind it is follows from what is empty (protocol §6.3). */
export interface WireOutput {
  readonly path: string;
  readonly hashAlgo: string;
  readonly hash: string;
}

/**
 * What the daemon needs to run a builder (protocol §6.4). `inputSrcs` holds every input path, outputs of other
 * derivations included. Nothing says that an environment is UTF-8, hence the byte strings.
 */
export interface BasicDerivation {
  readonly outputs: ReadonlyMap<string, WireOutput>;
  readonly inputSrcs: readonly StorePath[];
  readonly platform: ByteString;
  readonly builder: ByteString;
  readonly args: readonly ByteString[];
  readonly env: ReadonlyMap<ByteString, ByteString>;
}

/** Writes BasicDerivation. */
export function encodeBasicDerivation(writer: WireWriter, derivation: BasicDerivation): void {
  writer.list(sortedByKey(derivation.outputs), (out, [name, output]) =>
    out.string(name).string(output.path).string(output.hashAlgo).string(output.hash),
  );
  writer.set(derivation.inputSrcs).byteString(derivation.platform).byteString(derivation.builder);
  writer.list(derivation.args, (out, arg) => out.byteString(arg));
  writer.list(sortedByKey(derivation.env), (out, [key, value]) => out.byteString(key).byteString(value));
}

/** Reads BasicDerivation, as a daemon would. */
export function* decodeBasicDerivation(input: ByteQueue): Decoding<BasicDerivation> {
  return {
    outputs: yield* decodeOutputs(input),
    inputSrcs: yield* decodeStorePaths(input),
    platform: yield* decodeByteString(input),
    builder: yield* decodeByteString(input),
    args: yield* decodeByteStrings(input),
    env: yield* decodeEnvironment(input),
  };
}

const decodeByteStrings = decodeList(decodeByteString);
const decodeEnvironment = decodeMap(decodeByteString, decodeByteString);
const decodeOutputs = decodeMap(decodeText, function* decodeOutput(input: ByteQueue): Decoding<WireOutput> {
  return {
    path: yield* decodeText(input),
    hashAlgo: yield* decodeText(input),
    hash: yield* decodeText(input),
  };
});

function sortedByKey<V>(map: ReadonlyMap<string, V>): (readonly [string, V])[] {
  return [...map].sort(([one], [other]) => (one < other ? -1 : 1));
}
