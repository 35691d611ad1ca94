import { expect, it } from 'vitest';
import { DispatchError } from '../../../../src/errors.ts';
import { buildOptions } from '../../../../src/nix/derivation/build-options.ts';
import { checkFixedOutputPaths } from '../../../../src/nix/derivation/check-paths.ts';
import { formatDerivation } from '../../../../src/nix/derivation/format.ts';
import { formatOutputFields, parseOutputFields } from '../../../../src/nix/derivation/output-fields.ts';
import { parseNamedDerivation } from '../../../../src/nix/derivation/parse.ts';
import { sha256 } from '../../../../src/nix/hash/sha256.ts';
import { storePathOf } from '../../../../src/nix/hash/store-path-of.ts';
import { isStorePath } from '../../../../src/nix/store-path.ts';
import type { StorePath } from '../../../../src/nix/store-path.ts';
import { describeWithVectors } from '../../../support/vectors.ts';
import { outputJson, toNixJson } from './derivation-json.ts';

const ROOT = 'nix/libstore/derivation';

describeWithVectors('golden derivations', (vectors) => {
  const inFolder = (folder: string, suffix: string): string[] =>
    vectors
      .list(`${ROOT}/${folder}`)
      .filter((file) => file.endsWith(suffix))
      .map((file) => `${ROOT}/${folder}/${file}`);
  const all = ['.', 'ia', 'ca', 'hash-modulo'].flatMap((folder) => inFolder(folder, '.drv'));
  const fuzz = vectors
    .list('nix/libstore-fuzz/derivations')
    .map((file) => `nix/libstore-fuzz/derivations/${file}`);
  // The "modulo" forms have hashes in place of input paths: they are hashed, never read.
  const files = [...all, ...fuzz].filter((file) => !file.endsWith('-modulo.drv'));
  const isBad = (file: string): boolean =>
    /\/(bad-version|bad-old-version-dyn-deps|unterminated-string)\.drv$/.test(file);

  it.each(files.filter((file) => !isBad(file)))('%s is written again byte by byte', (file) => {
    const bytes = vectors.bytes(file);
    expect(Buffer.from(formatDerivation(parseNamedDerivation(bytes, nameOf(file)))).equals(bytes)).toBe(true);
  });

  it.each(files.filter(isBad))('%s is refused', (file) => {
    expect(() => parseNamedDerivation(vectors.bytes(file), nameOf(file))).toThrow(DispatchError);
  });

  it('covers the good and the bad ones', () => {
    expect(files.filter(isBad).length).toBe(4);
    expect(files.length).toBeGreaterThan(20);
  });

  const stated = files
    .map((file) => ({ file, json: file.replace(/\.drv$/, '.json') }))
    .filter(
      ({ file, json }) =>
        !isBad(file) &&
        vectors.list(json.slice(0, json.lastIndexOf('/'))).includes(json.slice(json.lastIndexOf('/') + 1)),
    );

  it.each(stated)('$file has the value of its JSON', ({ file, json }) => {
    const expected = vectors.json(json) as Record<string, unknown>;
    const derivation = parseNamedDerivation(vectors.bytes(file), String(expected['name']));
    expect(toNixJson(derivation)).toEqual(expected);
    checkFixedOutputPaths(derivation, sha256);
  });

  it('states the value of most', () => expect(stated.length).toBeGreaterThanOrEqual(14));

  it.each(inFolder('ia/derivation-options', '.json').concat(inFolder('ca/derivation-options', '.json')))(
    '%s are the options of its derivation',
    (file) => {
      const [, folder = '', structured = '', which = ''] =
        /\/(ia|ca)\/derivation-options\/(structuredAttrs_)?(\w+)\.json$/.exec(file) ?? [];
      const name = `advanced-attributes${structured && '-structured-attrs'}${which === 'defaults' ? '-defaults' : ''}`;
      const derivation = parseNamedDerivation(vectors.bytes(`${ROOT}/${folder}/${name}.drv`), name);
      const { requiredSystemFeatures, ...options } = buildOptions(derivation);
      const expected = vectors.json(file);
      expect(expected).toMatchObject(options);
      const known = requiredSystemFeatures.filter((feature) => feature !== 'ca-derivations');
      expect(expected).toMatchObject({ requiredSystemFeatures: known });
      expect(requiredSystemFeatures.includes('ca-derivations')).toBe(folder === 'ca');
    },
  );

  it('bad-ca-fixed-path.drv states a path that its hash contradicts', () => {
    const derivation = parseNamedDerivation(vectors.bytes(`${ROOT}/bad-ca-fixed-path.drv`), 'fixed');
    expect(() => checkFixedOutputPaths(derivation, sha256)).toThrow(
      'its hash gives /nix/store/v0jsp4anqgiibi8jw1saj2iimfhbq1m3-fixed',
    );
  });

  it.each([
    [
      'inputAddressed',
      { path: '/nix/store/c015dhfh5l0lp6wxyvdn7bmwhbbr6hr9-drv-name-output-name', hashAlgo: '', hash: '' },
    ],
    ['caFixedFlat', fixed('sha256')],
    ['caFixedNAR', fixed('r:sha256')],
    ['caFixedText', fixed('text:sha256')],
    ['caFloating', { path: '', hashAlgo: 'r:sha256', hash: '' }],
    ['deferred', { path: '', hashAlgo: '', hash: '' }],
    ['impure', { path: '', hashAlgo: 'r:sha256', hash: 'impure' }],
  ])('output-%s.json is that kind of output', (kind, fields) => {
    const output = parseOutputFields(fields, '/nix/store');
    expect(outputJson(output)).toEqual(vectors.json(`${ROOT}/output-${kind}.json`));
    expect(formatOutputFields(output)).toEqual(fields);
  });

  it('the text path of a real derivation follows from its bytes and references', () => {
    const bytes = vectors.bytes(`${ROOT}/hash-modulo/source-first.drv`);
    const dependant = vectors.text(`${ROOT}/hash-modulo/intermediate-first.drv`);
    expect(textPath(bytes, 'source.drv')).toBe(/\/nix\/store\/\w+-source\.drv/.exec(dependant)?.[0]);
  });
});

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.drv$/, '');
}

function fixed(hashAlgo: string) {
  return {
    path: '/nix/store/c015dhfh5l0lp6wxyvdn7bmwhbbr6hr9-drv-name-output-name',
    hashAlgo,
    hash: '894517c9163c896ec31a2adbd33c0681fd5f45b2c0ef08a64c92a03fb97f390f',
  };
}

function textPath(bytes: Uint8Array, name: string): StorePath {
  const derivation = parseNamedDerivation(bytes, name);
  const references = [...derivation.inputDerivations.keys(), ...derivation.inputSources].filter((path) =>
    isStorePath(path),
  );
  const hash = { algorithm: 'sha256', bytes: sha256(bytes) } as const;
  return storePathOf(sha256, { method: 'text', hash }, { name, references });
}
