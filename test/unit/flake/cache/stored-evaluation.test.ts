import { expect, test } from 'vitest';
import {
  parseEvaluation,
  printEvaluation,
  type StoredEvaluation,
} from '../../../../src/flake/cache/stored-evaluation.ts';
import { parseStorePath } from '../../../../src/nix/store-path.ts';

const HASH = 'h0qb3wmwhkx4nsnnlp5janwnw1bz9ng8';

const STORED: StoredEvaluation = {
  key: 'key',
  evaluatedAtMs: 1_700_000_000_000,
  evaluated: 3,
  pruned: 1,
  jobs: [
    {
      topAttr: 'checks',
      system: 'x86_64-linux',
      attr: 'a.b',
      path: ['checks', 'x86_64-linux', 'a.b'],
      name: 'é',
      description: '"',
      type: 'derivation',
      label: 'l',
      drvPath: parseStorePath(`/nix/store/${HASH}-a.drv`),
      outputs: new Map([
        ['out', parseStorePath(`/nix/store/${HASH}-a`)],
        ['dev', undefined],
      ]),
      requiredFeatures: ['kvm'],
      evaluation: { seconds: 1.5, memoryBytes: undefined },
      warnings: ['careful'],
    },
  ],
};

test('what was written is read', () => {
  expect(parseEvaluation(printEvaluation(STORED))).toEqual(STORED);
});

test('anything else is not', () => {
  const text = printEvaluation(STORED);
  expect(parseEvaluation(text.slice(0, -10))).toBeUndefined();
  expect(parseEvaluation('{}')).toBeUndefined();
  expect(parseEvaluation('[]')).toBeUndefined();
  expect(parseEvaluation(text.replaceAll('/nix/store/', '/etc/'))).toBeUndefined();
  expect(parseEvaluation(text.replace('"evaluated":3', '"evaluated":"3"'))).toBeUndefined();
});
