import { describe, expect, it } from 'vitest';
import {
  parseBoolean,
  parseCount,
  parseDuration,
  parseInterval,
  parseLimit,
  parseSize,
} from '../../../src/inputs/scalars.ts';

describe('parseBoolean', () => {
  it.each(['true', 'True', 'TRUE'])('takes %s for true', (text) => {
    expect(parseBoolean(text)).toEqual({ kind: 'value', value: true });
  });
  it.each(['false', 'False', 'FALSE'])('takes %s for false', (text) => {
    expect(parseBoolean(text)).toEqual({ kind: 'value', value: false });
  });
  it.each(['yes', 'no', '1', '0', 'on', 'tRue', 'truefalse', ''])('refuses %j', (text) => {
    expect(parseBoolean(text).kind).toBe('fault');
  });
});

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['2d', 172_800_000],
    ['250ms', 250],
    ['1s250ms', 1_250],
    ['3600', 3_600_000],
    ['0', 0],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toEqual({ kind: 'value', value: milliseconds });
  });
  it.each(['', 's', '-1s', '1.5h', '10 minutes', '30m1h', '25d', '99999999999999999999s'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text).kind).toBe('fault');
    },
  );
});

describe('parseInterval', () => {
  it('refuses less than a second', () => {
    expect(parseInterval('999ms').kind).toBe('fault');
    expect(parseInterval('1s')).toEqual({ kind: 'value', value: 1_000 });
  });
});

describe('parseSize', () => {
  it.each([
    ['1000000', 1_000_000],
    ['64K', 65_536],
    ['512M', 536_870_912],
    ['2GiB', 2_147_483_648],
    ['1.5 GiB', 1_610_612_736],
    ['2gb', 2_000_000_000],
    ['10B', 10],
  ])('reads %s', (text, bytes) => {
    expect(parseSize(text)).toEqual({ kind: 'value', value: bytes });
  });
  it.each(['', 'G', '-1', '1.2.3', '5X', '1GiBs', '999999T', '0x10', '1e9'])('refuses %j', (text) => {
    expect(parseSize(text).kind).toBe('fault');
  });
});

describe('parseLimit', () => {
  it.each(['', '0'])('takes %j for no limit', (text) => {
    expect(parseLimit(parseSize)(text)).toEqual({ kind: 'value', value: undefined });
  });
  it('leaves the rest to the parser', () => {
    expect(parseLimit(parseSize)('1K')).toEqual({ kind: 'value', value: 1_024 });
    expect(parseLimit(parseSize)('x').kind).toBe('fault');
  });
});

describe('parseCount', () => {
  it.each(['0', '5'])('takes %s within 0 and 5', (text) => {
    expect(parseCount(0, 5)(text)).toEqual({ kind: 'value', value: Number(text) });
  });
  it.each(['6', '-1', '1.0', '', ' 1'])('refuses %j', (text) => {
    expect(parseCount(0, 5)(text).kind).toBe('fault');
  });
});
