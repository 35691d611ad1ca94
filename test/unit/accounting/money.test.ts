import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costsOf } from '../../../src/accounting/costs.ts';
import type { PricedBuild } from '../../../src/accounting/costs.ts';
import {
  formatAmount,
  formatMoney,
  parseAmount,
  priceOfTime,
  splitByWeight,
} from '../../../src/accounting/money.ts';
import { parsePriceLines, priceForAll, priceOfBuilder } from '../../../src/accounting/prices.ts';
import { shareCosts } from '../../../src/accounting/shares.ts';

const CENT = 10_000_000n;

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

describe('amounts', () => {
  test.each([
    ['0.12', 120_000_000n],
    ['1', 1_000_000_000n],
    ['0.000000001', 1n],
    ['', undefined],
    ['.5', undefined],
    ['1,5', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['0.0000000001', undefined],
  ])('%j is read exactly', (text, amount) => {
    expect(parseAmount(text)).toBe(amount);
  });

  test.each([
    [0n, '0.00 EUR'],
    [1n, '< 0.0001 EUR'],
    [1_200_000n, '0.0012 EUR'],
    [12_345_678_901n, '12.35 EUR'],
    [1_005_000_000n, '1.00 EUR'],
    [1_015_000_000n, '1.02 EUR'],
    [9_999_999n, '0.0100 EUR'],
  ])('%d billionths read as %s', (amount, text) => {
    expect(formatMoney(amount, 'EUR')).toBe(text);
  });

  test('a program gets all nine places', () => {
    expect(formatAmount(12_345_678_901n)).toBe('12.345678901');
    expect(formatAmount(1n)).toBe('0.000000001');
  });

  test('a time costs its part of an hour, rounded half to even', () => {
    expect(priceOfTime(120_000_000n, 3600)).toBe(120_000_000n);
    expect(priceOfTime(120_000_000n, 119.7)).toBe(3_990_000n);
    expect(priceOfTime(1n, 1800)).toBe(0n);
    expect(priceOfTime(3n, 1800)).toBe(2n);
    expect(priceOfTime(1n, -5)).toBe(0n);
  });

  test('parts add up to the whole, in proportion', () => {
    expect(splitByWeight(100n, [1, 1, 1])).toEqual([34n, 33n, 33n]);
    expect(splitByWeight(100n, [0, 3, 1])).toEqual([0n, 75n, 25n]);
    expect(splitByWeight(100n, [])).toEqual([]);
    expect(splitByWeight(100n, [0])).toEqual([0n]);
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 15n), fc.array(fc.nat(), { minLength: 1 }), (amount, weights) => {
        fc.pre(weights.some((weight) => weight > 0));
        expect(sum(splitByWeight(amount, weights))).toBe(amount);
      }),
    );
  });
});

describe('price lines', () => {
  test('name builders by pattern; the first of a unit counts', () => {
    const { rules, faults } = parsePriceLines(
      '# ours\nb1 0.05 cpu-hour\nb* 0.10 cpu-hour # rest\n\n*.example.org 1.20 hour\n',
    );
    expect(faults).toEqual([]);
    const prices = { currency: 'EUR', rules };
    expect(priceOfBuilder(prices, 'b1')).toEqual({ perCpuHour: 5n * CENT, perHour: undefined });
    expect(priceOfBuilder(prices, 'b22')).toEqual({ perCpuHour: 10n * CENT, perHour: undefined });
    expect(priceOfBuilder(prices, 'ssh-ng://me@big.example.org:2222?x=y').perHour).toBe(120n * CENT);
    expect(priceOfBuilder(prices, 'local')).toEqual({ perCpuHour: undefined, perHour: undefined });
  });

  test.each([
    ['*', 'anything', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'ac', false],
    ['ab*ba', 'aba', false],
    ['exact', 'exactly', false],
  ])('pattern %s on %s', (pattern, name, isFit) => {
    const prices = { currency: 'EUR', rules: [{ pattern, perHour: 1n, unit: 'hour' }] } as const;
    expect(priceOfBuilder(prices, name).perHour !== undefined).toBe(isFit);
  });

  test('every fault is told with its line', () => {
    expect(parsePriceLines('b1 0.05\nb1 x hour\nb1 1 day').faults).toEqual([
      'prices, line 1: expected "PATTERN PRICE UNIT", for example "b1 0.05 cpu-hour", found "b1 0.05"',
      'prices, line 2: "x" is not a price: expected a decimal such as 0.05, at most nine digits on either side',
      'prices, line 3: "day" is not a unit: expected cpu-hour or hour',
    ]);
  });
});

function build(name: string, builder: string, from: number, to: number, cpuSeconds?: number): PricedBuild {
  return {
    drvPath: name,
    cpu: cpuSeconds === undefined ? undefined : { seconds: cpuSeconds, source: 'proc' },
    attempts: [{ builder, startedAtMs: from * 1000, finishedAtMs: to * 1000 }],
  };
}

describe('the costs of a run', () => {
  const run = { startedAtMs: 0, finishedAtMs: 3_600_000, builders: [{ name: 'b1' }, { name: 'b2' }] };
  const prices = (lines: string) => ({ currency: 'EUR', rules: parsePriceLines(lines).rules });

  test('CPU time is paid by the build that used it', () => {
    const builds = [build('a', 'b1', 0, 10, 3600), build('b', 'b2', 0, 10, 1800), build('c', 'b1', 0, 5)];
    const costs = costsOf({ ...run, builds }, prices('b1 0.12 cpu-hour\nb2 0.20 cpu-hour'));
    expect(costs.byBuild.get('a')?.amount).toBe(12n * CENT);
    expect(costs.byBuild.get('b')?.amount).toBe(10n * CENT);
    expect(costs).toMatchObject({ total: 22n * CENT, idle: 0n, unpriced: 1, isUpperBound: false });
  });

  test('an estimate makes an upper bound', () => {
    const estimated: PricedBuild = { ...build('a', 'b1', 0, 10), cpu: { seconds: 40, source: 'estimate' } };
    expect(costsOf({ ...run, builds: [estimated] }, prices('* 1 cpu-hour')).isUpperBound).toBe(true);
  });

  test("a machine's hour is shared by what ran on it, and idle time stands apart", () => {
    const builds = [build('a', 'b1', 0, 1200), build('b', 'b1', 600, 1800), build('c', 'b1', 600, 1200)];
    const costs = costsOf({ ...run, builds }, prices('b1 1.20 hour\nb2 0.30 hour'));
    expect(['a', 'b', 'c'].map((name) => costs.byBuild.get(name)?.amount)).toEqual([
      24n * CENT,
      24n * CENT,
      12n * CENT,
    ]);
    expect(costs.byBuilder.get('b1')).toEqual({ builds: 60n * CENT, idle: 60n * CENT });
    expect(costs.byBuilder.get('b2')).toEqual({ builds: 0n, idle: 30n * CENT });
    expect(costs).toMatchObject({ total: 150n * CENT, idle: 90n * CENT });
  });

  test('an attempt that was lost is paid where it ran', () => {
    const retried: PricedBuild = {
      ...build('a', 'b2', 1800, 3600),
      attempts: [...build('a', 'b1', 0, 1800).attempts, ...build('a', 'b2', 1800, 3600).attempts],
    };
    const costs = costsOf({ ...run, builds: [retried] }, prices('* 1 hour'));
    expect(costs.byBuild.get('a')?.amount).toBe(100n * CENT);
    expect(costs.total).toBe(200n * CENT);
  });

  test('the total is the sum of its parts, whatever ran when', () => {
    const span = fc.tuple(fc.constantFrom('b1', 'b2', 'b3'), fc.nat(5000), fc.nat(5000), fc.nat(100_000));
    fc.assert(
      fc.property(fc.array(span), (spans) => {
        const builds = spans.map(([builder, from, length, cpu], index) =>
          build(`p${index}`, builder, from, from + length, cpu / 7),
        );
        const costs = costsOf({ ...run, builds }, prices('b1 0.07 cpu-hour\n* 0.113 hour'));
        const parts = [...costs.byBuild.values()].map((cost) => cost.amount);
        expect(sum(parts) + costs.idle).toBe(costs.total);
        expect(parts.every((part) => part >= 0n)).toBe(true);
      }),
    );
  });

  test('inputs stand for a rule of their own', () => {
    expect(priceForAll(' 0.12 ', 'cpu-hour')).toEqual({
      pattern: '*',
      perHour: 12n * CENT,
      unit: 'cpu-hour',
    });
    expect(priceForAll('', 'hour')).toBeUndefined();
  });
});

describe('what each job pays', () => {
  const builds = [
    { drvPath: 'a', dependencies: ['lib', 'only-a'] },
    { drvPath: 'b', dependencies: ['lib'] },
    { drvPath: 'lib', dependencies: ['base'] },
    { drvPath: 'only-a', dependencies: ['base'] },
    { drvPath: 'base', dependencies: [] },
    { drvPath: 'stray', dependencies: [] },
  ];
  const costs = new Map([
    ['a', 10n],
    ['b', 20n],
    ['lib', 7n],
    ['only-a', 5n],
    ['base', 4n],
    ['stray', 100n],
  ]);
  const costOf = (drvPath: string) => ({
    amount: costs.get(drvPath) ?? 0n,
    isUpperBound: drvPath === 'only-a',
  });

  test('its own build, and an even part of each dependency', () => {
    expect(shareCosts(['a', undefined, 'b'], builds, costOf)).toEqual([
      { own: 10n, dependencies: 4n + 5n + 2n, isUpperBound: true },
      { own: 0n, dependencies: 0n, isUpperBound: false },
      { own: 20n, dependencies: 3n + 2n, isUpperBound: false },
    ]);
  });

  test('a job that others need is paid by itself', () => {
    expect(shareCosts(['a', 'lib'], builds, costOf)).toEqual([
      { own: 10n, dependencies: 5n + 2n, isUpperBound: true },
      { own: 7n, dependencies: 2n, isUpperBound: false },
    ]);
  });

  test('any number of jobs: nothing is lost and nothing is paid twice', () => {
    const chain = Array.from({ length: 100 }, (_, index) => ({
      drvPath: `n${index}`,
      dependencies: index === 0 ? [] : [`n${index - 1}`],
    }));
    const jobs = Array.from({ length: 70 }, (_, index) => `n${index + 30}`);
    const shares = shareCosts(jobs, chain, () => ({ amount: 1000n, isUpperBound: false }));
    expect(sum(shares.flatMap(({ own, dependencies }) => [own, dependencies]))).toBe(100_000n);
  });
});
