import { describe, expect, it } from 'vitest';
import { checkNeed, type CheckedJob } from '../../../src/github/check-need.ts';

const job = (changes: Partial<CheckedJob>): CheckedJob => ({
  outcome: 'passed',
  isShown: false,
  hasBegun: false,
  told: undefined,
  ...changes,
});

describe('the check of a job', () => {
  it.each<{ name: string; state: Partial<CheckedJob>; during: string; after: string }>([
    { name: 'there already', state: {}, during: 'no', after: 'may' },
    { name: 'built', state: { hasBegun: true }, during: 'may', after: 'may' },
    { name: 'built, and shown as running', state: { isShown: true }, during: 'must', after: 'must' },
    { name: 'failed', state: { outcome: 'failed', hasBegun: true }, during: 'may', after: 'must' },
    { name: 'blocked', state: { outcome: 'blocked' }, during: 'no', after: 'must' },
    { name: 'not evaluated', state: { outcome: 'evaluation' }, during: 'no', after: 'must' },
    { name: 'still waiting', state: { outcome: 'cancelled' }, during: 'no', after: 'no' },
    { name: 'running', state: { outcome: 'cancelled', isShown: true }, during: 'no', after: 'must' },
    {
      name: 'lost to a machine',
      state: { outcome: 'infrastructure', isShown: true, hasBegun: true },
      during: 'no',
      after: 'must',
    },
    { name: 'told', state: { isShown: true, told: 'passed' }, during: 'no', after: 'no' },
    {
      name: 'told, and another since',
      state: { outcome: 'failed', isShown: true, told: 'passed' },
      during: 'must',
      after: 'must',
    },
  ])('that is $name: $during while the run goes on, $after at its end', ({ state, during, after }) => {
    expect([checkNeed(job(state), false), checkNeed(job(state), true)]).toEqual([during, after]);
  });
});
