import { expect, test } from 'vitest';
import { factsOfDerivation } from '../../../src/dispatch/read-derivation.ts';
import { parseDerivation } from '../../../src/nix/derivation/parse.ts';
import { parseStorePath } from '../../../src/nix/store-path.ts';

const hash = 'g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q';
const drvPath = parseStorePath(`/nix/store/${hash}-x.drv`);
const out = `/nix/store/${hash}-x`;
const input = `/nix/store/${hash}-input.drv`;

/** What is remembered of a `.drv` file with this output and these inputs. */
function facts({ output = `("out","${out}","","")`, inputs = '', environment = '', isDynamic = false }) {
  const fields = `[${output}],[${inputs}],[],"x86_64-linux","/bin/sh",[],[${environment}]`;
  const text = isDynamic ? `DrvWithVersion("xp-dyn-drv",${fields})` : `Derive(${fields})`;
  return factsOfDerivation(parseDerivation(Buffer.from(text), drvPath));
}

test('a plain derivation can be built alone', () => {
  expect(facts({ inputs: `("${input}",["out"])` })).toMatchObject({
    name: 'x',
    system: 'x86_64-linux',
    outputs: new Map([['out', out]]),
    inputDerivations: new Map([[input, ['out']]]),
    needsClosure: false,
    isImpure: false,
    isFetch: false,
  });
});

test('one that needs what a derivation builds that is itself built needs its whole closure', () => {
  const inputs = `("${input}",([],[("out",["out"])]))`;
  expect(facts({ isDynamic: true, inputs }).needsClosure).toBe(true);
});

test('an impure one needs its whole closure, and is built again', () => {
  expect(facts({ output: '("out","","r:sha256","impure")' })).toMatchObject({
    needsClosure: true,
    isImpure: true,
  });
});

test('the path of an output that follows from its content is not known, and asks for a builder with the feature', () => {
  expect(facts({ output: '("out","","r:sha256","")' })).toMatchObject({
    outputs: new Map([['out', undefined]]),
    requiredFeatures: ['ca-derivations'],
    needsClosure: false,
    isFetch: false,
  });
});

test('one whose outputs have hashes fetches something', () => {
  const digest = 'a'.repeat(64);
  expect(facts({ output: `("out","${out}","sha256","${digest}")` }).isFetch).toBe(true);
});

test('features and hints are those of the environment', () => {
  const environment = '("preferLocalBuild","1"),("requiredSystemFeatures","kvm big-parallel")';
  expect(facts({ environment })).toMatchObject({
    preferLocalBuild: true,
    requiredFeatures: ['kvm', 'big-parallel'],
  });
});
