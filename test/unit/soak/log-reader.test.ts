import { expect, it } from 'vitest';
import { createLogReader } from '../../../scripts/soak/log-reader.ts';

const log = [
  'builder b1: Nix 2.34.8, x86_64-linux, 4 slots',
  'builder b2: Nix 2.8.0, x86_64-linux, 4 slots',
  'one: building on b1',
  'two: building on b2',
  'three: building on b2',
  '✅ one: built on b1 in 1.0 s',
  '❌ two: failed on b2 in 2.0 s: no',
  'builder b2: the SSH connection to b2 was lost; it cost 1.0 s of work in 1 build that ran there',
  'one: building on b1',
  'four: building on b1',
  '✅ one: built on b1 in 1.0 s',
  'builder b2: back, Nix 2.8.0, x86_64-linux, 4 slots',
  '',
];

it('tells what is done, what is done again, what runs where and who is away, at any moment', () => {
  const reader = createLogReader();
  const after = (lines: number): string => {
    reader.read(`${log.slice(0, lines).join('\n')}\n`, lines);
    return reader.describe();
  };
  expect(after(5)).toBe('0 built; running: 1 on b1, 2 on b2');
  expect(after(8)).toBe('1 built; running: 0 on b1; away: b2');
  expect(after(11)).toBe('1 built, 1 times again; running: 1 on b1; away: b2');
  expect(after(12)).toBe('1 built, 1 times again; running: 1 on b1, 0 on b2');
});

it('measures the longest time between two ends, and reads no line before its end', () => {
  const reader = createLogReader();
  reader.read('✅ a: built on b1 in 1.0 s\n', 1000);
  reader.read('✅ a: built on b1 in 1.0 s\n✅ b: built on', 3000);
  expect(reader.longestQuietMs).toBe(0);
  reader.read('✅ a: built on b1 in 1.0 s\n✅ b: built on b1 in 2.0 s\n', 5000);
  reader.read('✅ a: built on b1 in 1.0 s\n✅ b: built on b1 in 2.0 s\n❌ c: failed on b1 in 2.0 s\n', 6000);
  expect([reader.longestQuietMs, reader.describe()]).toEqual([4000, '2 built']);
});
