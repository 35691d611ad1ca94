import { expect, it } from 'vitest';
import { parseBuilders } from '../../../../src/builders/machine-lines/parse-builders.ts';

const parse = (text: string) => parseBuilders(text, () => undefined);

it.each([
  ['h x86_64-linux, aarch64-linux - 4', '2 (systems)', '"x86_64-linux," and then "aarch64-linux"'],
  ['h x86_64-linux ,i686-linux - 4', '2 (systems)', '"x86_64-linux" and then ",i686-linux"'],
  ['h x86_64-linux aarch64-linux - 4', '2 (systems)', '"x86_64-linux" and then "aarch64-linux"'],
  ['h - - 4 1 kvm, benchmark', '6 (supported features)', '"kvm," and then "benchmark"'],
  ['h - - 4 1 - kvm, AAAA', '7 (mandatory features)', '"kvm," and then "AAAA"'],
])('takes no blank within a list: %j', (line, column, got) => {
  expect(() => parse(line)).toThrow(
    `builders line 1, column ${column}: lists have commas and no blanks, got ${got}`,
  );
});

it('forgives a comma that nothing follows, as Nix does', () => {
  expect(parse('h x86_64-linux, - 4 1 kvm,')).toMatchObject([
    { systems: ['x86_64-linux'], keyFile: undefined, maxJobs: 4, supportedFeatures: ['kvm'] },
  ]);
});
