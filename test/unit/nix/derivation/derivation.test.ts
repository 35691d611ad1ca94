import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DispatchError } from '../../../../src/errors.ts';
import { toBasicDerivation } from '../../../../src/nix/derivation/basic-derivation.ts';
import { buildOptions } from '../../../../src/nix/derivation/build-options.ts';
import { knownOutputPath } from '../../../../src/nix/derivation/derivation.ts';
import { formatDerivation } from '../../../../src/nix/derivation/format.ts';
import { parseDerivation, parseNamedDerivation } from '../../../../src/nix/derivation/parse.ts';
import { parseStorePath } from '../../../../src/nix/store-path.ts';
import { arbitraryDerivation } from './arbitrary-derivation.ts';

const HASH = 'g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q';
const OUT = `/nix/store/${HASH}-x`;
const DRV = parseStorePath(`${OUT}.drv`);
const SOURCE = parseStorePath(`/nix/store/${HASH}-src`);

const text = (environment: string, outputs = `("out","${OUT}","","")`): Uint8Array =>
  Buffer.from(
    `Derive([${outputs}],[("${DRV}",["out"])],["${SOURCE}"],"x86_64-linux","/bin/sh",["-c","true"],[${environment}])`,
    'latin1',
  );

describe('parseDerivation', () => {
  it('brings back every derivation that formatDerivation writes', () => {
    fc.assert(
      fc.property(arbitraryDerivation, (derivation) => {
        const bytes = formatDerivation(derivation);
        const parsed = parseNamedDerivation(bytes, derivation.name);
        expect(parsed).toEqual(derivation);
        expect(Buffer.from(formatDerivation(parsed)).equals(bytes)).toBe(true);
      }),
    );
  });

  it('takes the name from the path', () => {
    const derivation = parseDerivation(text(''), DRV);
    expect(derivation.name).toBe('x');
    expect([...derivation.outputs.values()].map(knownOutputPath)).toEqual([OUT]);
    expect(() => parseDerivation(text(''), SOURCE)).toThrow('does not end in .drv');
  });

  it('keeps bytes that are not UTF-8', () => {
    const bytes = text('("k","caf\xe9 \\"\\\\\\n\\x")');
    expect(parseDerivation(bytes, DRV).environment.get('k')).toBe('caf\xe9 "\\\nx');
  });

  it('refuses a file cut anywhere, and anything after its end', () => {
    const bytes = text('("a","b")');
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseDerivation(bytes.subarray(0, length), DRV)).toThrow(DispatchError);
    }
    expect(() => parseDerivation(Buffer.concat([bytes, Buffer.from('\n')]), DRV)).toThrow('follows the end');
  });

  it('throws typed errors only, whatever it is given', () => {
    const bytes = text('("a","b")');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const mutated = Buffer.from(bytes);
        mutated[at] = value;
        try {
          parseDerivation(mutated, DRV);
        } catch (error) {
          expect(error).toBeInstanceOf(DispatchError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [`("out","","","abc")`, 'a hash without an algorithm'],
    [`("out","${OUT}","sha256","")`, 'a path and an algorithm without a hash'],
    [`("out","${OUT}","sha256","impure")`, 'an impure output with a path'],
    [`("out","${OUT}","sha256","AB")`, 'not lower-case hexadecimal'],
    [`("out","${OUT}","sha256","ab")`, 'is not a hash'],
    [`("out","${OUT}","crc","ab")`, 'not a known hash algorithm'],
    [`("out","relative","","")`, 'is not a store path'],
    [`("out","","",""),("out","","","")`, '"out" twice'],
  ])('refuses the outputs %s', (outputs, reason) => {
    expect(() => parseDerivation(text('', outputs), DRV)).toThrow(reason);
  });

  it('says which derivation is malformed, where and how', () => {
    const bytes = Buffer.from(text('').toString().replace('"/bin/sh"', '/bin/sh'));
    expect(() => parseDerivation(bytes.length > 40 ? Buffer.from('Derive([x') : bytes, DRV)).toThrow(
      'malformed derivation x at byte 8: expected "(", found "x"',
    );
  });
});

describe('buildOptions', () => {
  it.each([
    ['', { requiredSystemFeatures: [], preferLocalBuild: false, allowSubstitutes: true }],
    [
      '("requiredSystemFeatures","kvm  big-parallel"),("preferLocalBuild","1"),("allowSubstitutes","")',
      { requiredSystemFeatures: ['kvm', 'big-parallel'], preferLocalBuild: true, allowSubstitutes: false },
    ],
    [
      '("__json","{\\"requiredSystemFeatures\\":[\\"kvm\\"],\\"preferLocalBuild\\":true,\\"allowSubstitutes\\":false}")',
      { requiredSystemFeatures: ['kvm'], preferLocalBuild: true, allowSubstitutes: false },
    ],
  ])('reads %s', (environment, expected) => {
    expect(buildOptions(parseDerivation(text(environment), DRV))).toEqual(expected);
  });

  it.each([
    ['("out","","r:sha256","")', ['ca-derivations']],
    ['("out","","","")', ['ca-derivations']],
    ['("out","","r:sha256","impure")', []],
  ])('asks for content addressing where paths are unknown: %s', (outputs, expected) => {
    expect(buildOptions(parseDerivation(text('', outputs), DRV)).requiredSystemFeatures).toEqual(expected);
  });

  it.each(['{', '[]', '{\\"requiredSystemFeatures\\":\\"kvm\\"}', '{\\"requiredSystemFeatures\\":[1]}'])(
    'refuses the structured attributes %s',
    (json) => {
      const derivation = parseDerivation(text(`("__json","${json}")`), DRV);
      expect(() => buildOptions(derivation)).toThrow(DispatchError);
    },
  );
});

describe('toBasicDerivation', () => {
  it('puts the inputs of all kinds together', () => {
    const derivation = parseDerivation(text('("b","2"),("a","1")'), DRV);
    const input = parseStorePath(OUT);
    const basic = toBasicDerivation(derivation, [input, SOURCE, input]);
    expect(basic.inputSrcs).toEqual([SOURCE, input]);
    expect(basic.outputs).toEqual(new Map([['out', { path: OUT, hashAlgo: '', hash: '' }]]));
    expect([basic.platform, basic.builder, basic.args]).toEqual(['x86_64-linux', '/bin/sh', ['-c', 'true']]);
    expect(basic.env.get('a')).toBe('1');
  });
});
