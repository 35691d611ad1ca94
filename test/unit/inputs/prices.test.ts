import { describe, expect, it } from 'vitest';
import { parseCurrency, parsePriceForAll, parsePrices } from '../../../src/inputs/prices.ts';

describe('prices', () => {
  it('takes one price for all builders, exactly', () => {
    const rule = { pattern: '*', perHour: 120_000_000n, unit: 'cpu-hour' };
    expect(parsePriceForAll('cpu-hour')('0.120')).toEqual({ kind: 'value', value: [rule] });
    expect(parsePriceForAll('hour')('')).toEqual({ kind: 'value', value: [] });
  });
  it.each(['-1', '1,2', '.5', '1e3', 'free'])('refuses the amount %s', (text) => {
    expect(parsePriceForAll('hour')(text).kind).toBe('fault');
  });

  it('takes lines for single builders', () => {
    expect(parsePrices('b1 1 hour\n*.example.org 0.05 cpu-hour')).toEqual({
      kind: 'value',
      value: [
        { pattern: 'b1', perHour: 1_000_000_000n, unit: 'hour' },
        { pattern: '*.example.org', perHour: 50_000_000n, unit: 'cpu-hour' },
      ],
    });
    expect(parsePrices('b1 1 day\nb2')).toMatchObject({
      kind: 'fault',
      got: expect.stringMatching(/line 1.*"day".*line 2.*"b2"/),
    });
  });

  it.each(['EUR', '$', '€', 'Fr'])('takes the currency %s', (text) => {
    expect(parseCurrency(text)).toEqual({ kind: 'value', value: text });
  });
  it.each(['', 'a b', '<b>', 'EUR|x', 'toolongname'])('refuses the currency %j', (text) => {
    expect(parseCurrency(text).kind).toBe('fault');
  });
});
