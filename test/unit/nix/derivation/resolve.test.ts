import { expect, it } from 'vitest';
import type { Derivation } from '../../../../src/nix/derivation/derivation.ts';
import { placeholderOf, resolveDerivation } from '../../../../src/nix/derivation/resolve.ts';
import { parseStorePath } from '../../../../src/nix/store-path.ts';
import { sha256 } from '../../../../src/nix/hash/sha256.ts';
import { derivation, drv, output } from '../../../support/dispatch/derivations.ts';

const library = drv('library');
const libraryOut = output('library', 'dev');
const placeholder = placeholderOf(sha256, library, 'dev');

function needing(more: Partial<Derivation>): Derivation {
  return {
    ...derivation('top'),
    inputDerivations: new Map([[library, ['dev']]]),
    inputSources: [output('source')],
    args: ['-ec', `cat ${placeholder}/x ${placeholder}/y`],
    environment: new Map([
      ['lib', placeholder],
      ['out', ''],
    ]),
    ...more,
  };
}

it('has the placeholder that Nix has', () => {
  const foo = parseStorePath('/nix/store/g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q-foo.drv');
  expect(placeholderOf(sha256, foo, 'out')).toBe('/0c6rn30q4frawknapgwq386zq358m8r6msvywcvc89n6m5p2dgbz');
  expect(placeholderOf(sha256, foo, 'dev')).not.toBe(placeholderOf(sha256, foo, 'out'));
});

it('names the paths of inputs and needs no derivation any more', () => {
  const floating = { kind: 'floating', method: 'nar', algorithm: 'sha256' } as const;
  const resolved = resolveDerivation(
    sha256,
    needing({ outputs: new Map([['out', floating]]) }),
    (drvPath, name) => (drvPath === library && name === 'dev' ? libraryOut : undefined),
  );
  expect(resolved.inputDerivations.size).toBe(0);
  expect(resolved.inputSources).toEqual([libraryOut, output('source')].sort());
  expect(resolved.args[1]).toBe(`cat ${libraryOut}/x ${libraryOut}/y`);
  expect(resolved.environment.get('lib')).toBe(libraryOut);
  expect(resolved.outputs.get('out')).toEqual(floating);
});

it('gives outputs that depended on those paths a path of their own', () => {
  const outputs = new Map([
    ['out', { kind: 'deferred' }],
    ['doc', { kind: 'deferred' }],
  ] as const);
  const resolve = (path: typeof library) => resolveDerivation(sha256, needing({ outputs }), () => path);
  const [one, other] = [resolve(libraryOut), resolve(output('library'))];
  const out = one.outputs.get('out');
  expect(out).toMatchObject({ kind: 'input-addressed', path: expect.stringMatching(/-top$/) });
  expect(one.outputs.get('doc')).toMatchObject({ path: expect.stringMatching(/-top-doc$/) });
  expect(one.environment.get('out')).toBe(out?.kind === 'input-addressed' ? out.path : '');
  expect(one.outputs.get('out')).not.toEqual(other.outputs.get('out'));
});

it('gives them that path whatever stood for it before', () => {
  const outputs = new Map([['out', { kind: 'deferred' }]] as const);
  const resolve = (before: string) =>
    resolveDerivation(
      sha256,
      needing({ outputs, environment: new Map([['out', before]]) }),
      () => libraryOut,
    );
  expect(resolve('/a-placeholder')).toEqual(resolve(''));
});

it('says which path nobody knows', () => {
  expect(() => resolveDerivation(sha256, needing({}), () => undefined)).toThrow(
    `no builder has told the path of output dev of ${library}`,
  );
});
