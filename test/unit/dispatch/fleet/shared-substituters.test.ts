import { expect, it } from 'vitest';
import { parseNixSettings } from '../../../../src/builders/machine-facts.ts';
import { settingsToShare } from '../../../../src/dispatch/fleet/shared-substituters.ts';

const shared = {
  substituters: ['https://a.example.org/', 'https://b.example.org'],
  keys: ['b-1:x', 'a-1:y'],
};

function told(
  own: Readonly<Record<string, unknown>>,
  substituters = shared.substituters,
): ReturnType<typeof settingsToShare> {
  const entries = Object.entries(own).map(([name, value]) => [name, { value }] as const);
  const settings = parseNixSettings(JSON.stringify(Object.fromEntries(entries)));
  if (settings === undefined) throw new Error('these are no settings');
  return settingsToShare({ ...shared, substituters }, settings);
}

it('adds what a builder lacks, and leaves the rest as it is there', () => {
  const own = { substituters: ['https://a.example.org'], cores: 4, 'max-jobs': 8, 'keep-going': true };
  expect(told(own)).toEqual({
    keepGoing: true,
    fallback: false,
    maxJobs: 8,
    maxSilentSeconds: 0,
    cores: 4,
    useSubstitutes: true,
    overrides: new Map([
      ['extra-substituters', 'https://b.example.org?want-mass-query=true'],
      ['extra-trusted-public-keys', 'b-1:x a-1:y'],
    ]),
  });
});

it.each([
  ['s3://cache?region=eu-west-1', 's3://cache?region=eu-west-1&want-mass-query=true'],
  ['https://c.example.org?want-mass-query=false', 'https://c.example.org?want-mass-query=false'],
])('has %s asked in bulk unless it says itself whether it may be', (uri, expected) => {
  expect(told({}, [uri])?.overrides?.get('extra-substituters')).toBe(expected);
});

it('says nothing to a builder that has them all', () => {
  expect(told({ substituters: ['https://b.example.org/', 'https://a.example.org'] })).toBeUndefined();
});
