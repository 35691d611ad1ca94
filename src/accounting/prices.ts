import { parseAmount } from './money.ts';
import type { Nanos } from './money.ts';

/** What is paid for: CPU time that builds used, or the machine's time from the start of the run to its end. */
export type PriceUnit = 'cpu-hour' | 'hour';

/** One line of `prices`: for builders that the pattern fits. */
export interface PriceRule {
  /** Builder or host name, `*` stands for any characters. */
  readonly pattern: string;
  readonly perHour: Nanos;
  readonly unit: PriceUnit;
}

/** All prices of a run; of each unit the first rule that fits a builder counts. */
export interface PriceList {
  readonly currency: string;
  readonly rules: readonly PriceRule[];
}

/** What a builder costs; undefined where no rule of that unit fits. */
export interface BuilderPrice {
  readonly perCpuHour: Nanos | undefined;
  readonly perHour: Nanos | undefined;
}

/** The rules that were understood and a sentence for each line that was not. */
export interface ParsedPrices {
  readonly rules: readonly PriceRule[];
  readonly faults: readonly string[];
}

/**
 * Reads lines of `PATTERN PRICE UNIT`, for example `b*.example.org 0.05 cpu-hour`. Empty lines and `#` comments are
 * skipped. The units are `cpu-hour` and `hour`.
 */
export function parsePriceLines(text: string): ParsedPrices {
  const rules: PriceRule[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    if (words[0] === '') continue;
    const rule = parseRule(words);
    if (typeof rule === 'string') faults.push(`prices, line ${index + 1}: ${rule}`);
    else rules.push(rule);
  }
  return { rules, faults };
}

/** The rule that inputs `cost_per_cpu_hour` and `cost_per_hour` stand for: any builder without a line of its own. */
export function priceForAll(text: string, unit: PriceUnit): PriceRule | undefined {
  const perHour = parseAmount(text.trim());
  return perHour === undefined ? undefined : { pattern: '*', perHour, unit };
}

/** What a builder costs, found by its name or by the host in it. */
export function priceOfBuilder(prices: PriceList, builder: string): BuilderPrice {
  const names = [builder, hostOf(builder)];
  const find = (unit: PriceUnit) =>
    prices.rules.find((rule) => rule.unit === unit && names.some((name) => fits(rule.pattern, name)))
      ?.perHour;
  return { perCpuHour: find('cpu-hour'), perHour: find('hour') };
}

function parseRule(words: readonly string[]): PriceRule | string {
  const [pattern, price, unit, ...more] = words;
  if (pattern === undefined || price === undefined || unit === undefined || more.length > 0) {
    return `expected "PATTERN PRICE UNIT", for example "b1 0.05 cpu-hour", found ${JSON.stringify(words.join(' '))}`;
  }
  const perHour = parseAmount(price);
  if (perHour === undefined) {
    return `${JSON.stringify(price)} is not a price: expected a decimal such as 0.05, at most nine digits on either side`;
  }
  if (unit !== 'cpu-hour' && unit !== 'hour') {
    return `${JSON.stringify(unit)} is not a unit: expected cpu-hour or hour`;
  }
  return { pattern, perHour, unit };
}

/** `ssh-ng://user@host:22?x=y` as `host`. */
function hostOf(builder: string): string {
  return builder
    .replace(/^[a-z0-9+.-]+:\/\//i, '')
    .replace(/[/?].*$/, '')
    .replace(/^.*@/, '')
    .replace(/(\]|^[^:]*):\d+$/, '$1');
}

function fits(pattern: string, name: string): boolean {
  // Greedy matching of literal parts, instead of a regular expression that a pattern of many stars could make slow.
  const [first = '', ...rest] = pattern.split('*');
  if (!name.startsWith(first)) return false;
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}
