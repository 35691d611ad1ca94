import { expect, test } from 'vitest';
import { parseAnswer } from '../../../../src/flake/evaluator/answer.ts';

const HASH = 'h0qb3wmwhkx4nsnnlp5janwnw1bz9ng8';
const DERIVATION = {
  kind: 'derivation',
  name: 'a-1.0',
  description: 'it’s',
  system: 'x86_64-linux',
  drvPath: `/nix/store/${HASH}-a-1.0.drv`,
  outputs: { out: `/nix/store/${HASH}-a-1.0`, dev: '/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9' },
  features: ['kvm'],
};

test('reads a derivation; the path of a content-addressed output is not known yet', () => {
  expect(parseAnswer(JSON.stringify(DERIVATION))).toEqual({
    kind: 'derivation',
    name: 'a-1.0',
    description: 'it’s',
    system: 'x86_64-linux',
    drvPath: DERIVATION.drvPath,
    outputs: new Map([
      ['out', DERIVATION.outputs.out],
      ['dev', undefined],
    ]),
    requiredFeatures: ['kvm'],
  });
});

test('an app is the output that its program lies in', () => {
  const app = {
    kind: 'program',
    drvPath: `/nix/store/${HASH}-hello-2.12.drv`,
    output: 'bin',
    program: `/nix/store/${HASH}-hello-2.12-bin/bin/hello`,
    description: '',
  };
  expect(parseAnswer(JSON.stringify(app))).toMatchObject({
    kind: 'derivation',
    name: 'hello-2.12',
    outputs: new Map([['bin', `/nix/store/${HASH}-hello-2.12-bin`]]),
  });
});

test('reads sets and other values', () => {
  expect(parseAnswer('{"kind":"set","names":["a","b.c"],"recurse":true}')).toEqual({
    kind: 'set',
    names: ['a', 'b.c'],
    recurse: true,
  });
  expect(parseAnswer('{"kind":"other","type":"lambda"}')).toEqual({ kind: 'other', type: 'lambda' });
});

test.each([
  [{ ...DERIVATION, drvPath: '/etc/passwd' }, '"/etc/passwd" is not a store path'],
  [{ ...DERIVATION, drvPath: `/nix/store/${HASH}-a` }, 'expected a .drv path'],
  [{ ...DERIVATION, outputs: [] }, 'expected outputs'],
  [{ ...DERIVATION, name: 7 }, 'expected a string'],
  [{ kind: 'surprise' }, 'expected derivation, program, set or other'],
  [[], 'expected an object'],
  [{ ...DERIVATION, system: 'unknown-in-pure-evaluation' }, "attribute 'currentSystem' missing"],
])('refuses %j', (value, message) => {
  expect(() => parseAnswer(JSON.stringify(value))).toThrow(message);
});

test('refuses what is no JSON', () => {
  expect(() => parseAnswer('«lambda»')).toThrow('expected JSON in what Nix says of the derivation');
});
