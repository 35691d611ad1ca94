import { parsePriceLines, priceForAll, type PriceRule, type PriceUnit } from '../accounting/prices.ts';
import { fault, value, type Parsed } from './parsed.ts';

/** One price for all builders that have no line of their own in `prices`. Empty is none. */
export function parsePriceForAll(unit: PriceUnit): (text: string) => Parsed<readonly PriceRule[]> {
  return (text) => {
    if (text === '') return value([]);
    const rule = priceForAll(text, unit);
    return rule === undefined ? fault('an amount such as 0.12') : value([rule]);
  };
}

/** Prices of single builders, a line each. */
export function parsePrices(text: string): Parsed<readonly PriceRule[]> {
  const { rules, faults } = parsePriceLines(text);
  return faults.length === 0
    ? value(rules)
    : fault('lines such as: *.example.org 0.05 cpu-hour', faults.join('; '));
}

/** A currency's code or sign; letters and signs only, since it is shown in the summary as it is. */
export function parseCurrency(text: string): Parsed<string> {
  return /^[\p{L}\p{Sc}]{1,8}$/u.test(text) ? value(text) : fault('a currency such as EUR or $');
}
