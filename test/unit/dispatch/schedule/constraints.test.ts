import { describe, expect, it } from 'vitest';
import { canBuild, mightBuild, needsKey } from '../../../../src/dispatch/schedule/constraints.ts';
import { builder } from '../../../support/schedule/make.ts';

const needs = (
  system: string,
  requiredFeatures: string[] = [],
  granularity: 'derivation' | 'closure' = 'derivation',
) => ({
  system,
  requiredFeatures,
  granularity,
});

describe('canBuild', () => {
  const plain = builder(0, { systems: ['x86_64-linux', 'i686-linux'], supportedFeatures: ['kvm'] });
  const picky = builder(1, { supportedFeatures: ['kvm'], mandatoryFeatures: ['gpu'] });
  const closures = builder(2, { granularity: 'closure' });

  it.each([
    ['a system of its own', plain, needs('x86_64-linux'), true],
    ['an extra platform', plain, needs('i686-linux'), true],
    ['a system it lacks', plain, needs('aarch64-linux'), false],
    ['builtin, which every builder has', plain, needs('builtin'), true],
    ['a feature it supports', plain, needs('x86_64-linux', ['kvm']), true],
    ['a feature it lacks', plain, needs('x86_64-linux', ['kvm', 'gpu']), false],
    ['a build without its mandatory feature', picky, needs('x86_64-linux', ['kvm']), false],
    ['a build with its mandatory feature', picky, needs('x86_64-linux', ['gpu']), true],
    ['builtin without its mandatory feature', picky, needs('builtin'), false],
    ['one derivation where only closures go', closures, needs('x86_64-linux'), false],
    ['a closure where only closures go', closures, needs('x86_64-linux', [], 'closure'), true],
    ['a closure where derivations go as well', plain, needs('x86_64-linux', [], 'closure'), true],
  ])('%s', (_, machine, wanted, expected) => {
    expect(canBuild(machine, wanted)).toBe(expected);
  });
});

describe('needsKey', () => {
  it('does not depend on the order or number of features', () => {
    expect(needsKey(needs('s', ['b', 'a']))).toBe(needsKey(needs('s', ['a', 'b', 'a'])));
    expect(needsKey(needs('s', ['a']))).not.toBe(needsKey(needs('s', ['b'])));
    expect(needsKey(needs('s'))).not.toBe(needsKey(needs('s', [], 'closure')));
  });
});

describe('mightBuild', () => {
  const open = { systems: [], supportedFeatures: [], mandatoryFeatures: [] };
  const told = { systems: ['x86_64-linux'], supportedFeatures: [], mandatoryFeatures: [] };

  it.each([
    ['anything of one that says nothing', open, needs('odd-system', ['kvm']), true],
    [
      'features that the line alone tells',
      { ...open, supportedFeatures: ['kvm'] },
      needs('odd-system', ['gpu']),
      false,
    ],
    ['its system', told, needs('x86_64-linux'), true],
    ['another system', told, needs('odd-system'), false],
    ['a feature that its line does not have', told, needs('x86_64-linux', ['kvm']), false],
    ['builtin', told, needs('builtin'), true],
    [
      'a build without its mandatory feature',
      { ...open, mandatoryFeatures: ['gpu'] },
      needs('odd-system'),
      false,
    ],
  ])('expects %s', (_, line, what, expected) => {
    expect(mightBuild(line, what)).toBe(expected);
  });
});
