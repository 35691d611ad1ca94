import * as fc from 'fast-check';
import type {
  Derivation,
  DerivationOutput,
  DynamicInput,
} from '../../../../src/nix/derivation/derivation.ts';
import type { HashAlgorithm } from '../../../../src/nix/hash/hash.ts';
import { encodeNix32 } from '../../../../src/nix/hash/nix32.ts';
import { parseStorePath } from '../../../../src/nix/store-path.ts';

const DIGEST_BYTES: Readonly<Record<HashAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha512: 64,
  blake3: 32,
};

/** Any bytes, with what ATerm escapes turning up often. */
const byteString = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '\\', '\n', '\r', '\t', 'n', ']', ')'),
      fc.nat(255).map((byte) => String.fromCharCode(byte)),
    ),
    { maxLength: 12 },
  )
  .map((characters) => characters.join(''));

const outputName = fc.constantFrom('out', 'dev', 'lib', 'doc');

const storePath = (suffix: string): fc.Arbitrary<ReturnType<typeof parseStorePath>> =>
  fc
    .tuple(
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      fc.stringMatching(/^[a-zA-Z0-9+_?=][a-zA-Z0-9+\-._?=]{0,20}$/),
    )
    .map(([hash, name]) => parseStorePath(`/nix/store/${encodeNix32(hash)}-${name}${suffix}`));

const scheme = fc.record({
  method: fc.constantFrom('flat', 'nar', 'text', 'git'),
  algorithm: fc.constantFrom(...(Object.keys(DIGEST_BYTES) as HashAlgorithm[])),
});

const output: fc.Arbitrary<DerivationOutput> = fc.oneof(
  storePath('').map((path) => ({ kind: 'input-addressed', path }) as const),
  scheme.map((value) => ({ kind: 'floating', ...value }) as const),
  fc.constant({ kind: 'deferred' } as const),
  scheme.map((value) => ({ kind: 'impure', ...value }) as const),
  scheme.chain(({ method, algorithm }) => {
    const size = DIGEST_BYTES[algorithm];
    return fc
      .tuple(storePath(''), fc.uint8Array({ minLength: size, maxLength: size }))
      .map(([path, bytes]) => ({ kind: 'fixed', path, method, hash: { algorithm, bytes } }) as const);
  }),
);

const dynamicInput: fc.Arbitrary<DynamicInput> = fc.letrec<{ input: DynamicInput }>((tie) => ({
  input: fc.record({
    outputs: fc.array(outputName, { maxLength: 2 }),
    dynamicOutputs: fc.oneof(
      { maxDepth: 2 },
      fc.constant(new Map<string, DynamicInput>()),
      mapOf(outputName, tie('input')),
    ),
  }),
})).input;

/** Derivations with every kind of output and input. */
export const arbitraryDerivation: fc.Arbitrary<Derivation> = fc
  .record({
    name: fc.constant('any'),
    outputs: mapOf(outputName, output),
    inputs: mapOf(storePath('.drv'), dynamicInput),
    inputSources: fc.uniqueArray(storePath(''), { maxLength: 3 }).map((paths) => paths.sort()),
    system: fc.constantFrom('x86_64-linux', 'builtin'),
    builder: byteString,
    args: fc.array(byteString, { maxLength: 3 }),
    environment: mapOf(byteString, byteString),
    isDynamic: fc.boolean(),
  })
  .map(({ inputs, ...rest }) =>
    Object.assign(rest, {
      inputDerivations: new Map([...inputs].map(([path, { outputs }]) => [path, outputs])),
      dynamicInputs: new Map(
        [...inputs]
          .filter(([, { dynamicOutputs }]) => rest.isDynamic && dynamicOutputs.size > 0)
          .map(([path, { dynamicOutputs }]) => [path, dynamicOutputs]),
      ),
    }),
  );

function mapOf<K extends string, V>(key: fc.Arbitrary<K>, value: fc.Arbitrary<V>): fc.Arbitrary<Map<K, V>> {
  return fc.array(fc.tuple(key, value), { maxLength: 3 }).map((pairs) => new Map(pairs));
}
