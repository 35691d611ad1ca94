import { describe, expect, it } from 'vitest';
import { explainNobodyLeft, explainNoBuilder } from '../../../../src/dispatch/schedule/explain.ts';
import { builder as makeBuilder } from '../../../support/schedule/make.ts';

it.each([
  ['no builder at all', [], 'is gone'],
  ['builders that build', [{ name: 'b1', maxJobs: 1 }], 'is gone'],
  [
    'builders without slots',
    [
      { name: 'b1', maxJobs: 0 },
      { name: 'b2', maxJobs: 4 },
      { name: 'b3', maxJobs: 0 },
    ],
    'is gone or builds nothing: jobs, column 4 of the machine line, is 0 for b1, b3',
  ],
])('says of %s why nothing is built any more', (_case, builders, end) => {
  expect(explainNobodyLeft(builders)).toBe(
    `every builder that could build it, or that had its inputs, ${end}`,
  );
});

describe('says what to change where no builder takes a build', () => {
  const builder = (
    name: string,
    systems: readonly string[],
    supported: string[] = [],
    mandatory: string[] = [],
  ) => ({
    ...makeBuilder(0, { systems, supportedFeatures: supported, mandatoryFeatures: mandatory }),
    name,
  });
  const arm = builder('arm', ['aarch64-linux'], ['kvm']);
  const big = builder('big', ['x86_64-linux'], ['big-parallel', 'kvm'], ['benchmark']);
  const small = builder('small', ['x86_64-linux', 'i686-linux'], []);

  it.each([
    [
      'riscv64-linux',
      [],
      [arm, big],
      'Add a machine that builds riscv64-linux to builders, or riscv64-linux to the systems (column 2) of one that can',
    ],
    ['x86_64-linux', ['kvm'], [arm, small], 'Add kvm to the features (column 6) of small'],
    [
      'x86_64-linux',
      ['kvm', 'uid-range'],
      [arm, small, big],
      'Add uid-range to the features (column 6) of big',
    ],
    [
      'x86_64-linux',
      ['kvm'],
      [arm, big],
      'Move the mandatory features (column 7) of big to its features (column 6)',
    ],
    ['builtin', ['uid-range'], [arm, small], 'Add uid-range to the features (column 6) of arm or small'],
  ])('%s with %j', (system, requiredFeatures, builders, advice) => {
    const text = explainNoBuilder({ name: 'hello', system, requiredFeatures }, builders);
    expect(text).toContain(
      `and none offers that. ${advice}, or leave the attribute out with filter_builds. There are arm:`,
    );
  });

  it('whatever builders there are, within what a summary shows', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      builder(`builder-${index}.example.org`, ['x86_64-linux']),
    );
    const text = explainNoBuilder({ name: 'hello', system: 'x86_64-linux', requiredFeatures: ['kvm'] }, many);
    expect(text.slice(0, 400)).toContain('or leave the attribute out');
  });
});
