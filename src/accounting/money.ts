/**
 * An amount of money in billionths of the currency's unit. Whole numbers only, so that sums are exact: what a build
 * cost is rounded once, when its price is multiplied with its time; everything after that is addition and sharing out.
 */
export type Nanos = bigint;

const NANO_DIGITS = 9;
const NANOS_PER_UNIT = 10n ** BigInt(NANO_DIGITS);
const MICROSECONDS_PER_HOUR = 3_600_000_000n;
const AMOUNT = /^(\d{1,9})(?:\.(\d{1,9}))?$/;

/** Reads a plain decimal such as `0.12`, at most nine digits on either side; undefined for anything else. */
export function parseAmount(text: string): Nanos | undefined {
  const match = AMOUNT.exec(text);
  if (match === null) return undefined;
  return BigInt(match[1] ?? '') * NANOS_PER_UNIT + BigInt((match[2] ?? '').padEnd(NANO_DIGITS, '0'));
}

/** What a time costs at a price by the hour; rounded half to even. The time is taken to the microsecond. */
export function priceOfTime(perHour: Nanos, seconds: number): Nanos {
  const microseconds = BigInt(Math.round(Math.max(0, seconds) * 1e6));
  return divideHalfEven(perHour * microseconds, MICROSECONDS_PER_HOUR);
}

/** Splits an amount by whole weights; the parts add up to it exactly, earlier ones get what rounding left. */
export function splitByWeight(amount: Nanos, weights: readonly number[]): Nanos[] {
  const wholes = weights.map((weight) => BigInt(Math.max(0, Math.round(weight))));
  const sum = wholes.reduce((total, weight) => total + weight, 0n);
  if (sum === 0n) return wholes.map(() => 0n);
  const parts = wholes.map((weight) => (amount * weight) / sum);
  let rest = amount - parts.reduce((total, part) => total + part, 0n);
  return parts.map((part, index) => {
    const isOwed = rest > 0n && (wholes[index] ?? 0n) > 0n;
    if (isOwed) rest -= 1n;
    return isOwed ? part + 1n : part;
  });
}

/**
 * An amount for a person: `1.24 EUR`; four decimals below a cent, and `< 0.0001 EUR` rather than zero for what is not
 * zero. Rounded half to even from the exact amount, so a column of rounded amounts may differ from its total.
 */
export function formatMoney(amount: Nanos, currency: string): string {
  const decimals = amount > 0n && amount < NANOS_PER_UNIT / 100n ? 4 : 2;
  const shown = formatAmount(amount, decimals);
  const isLost = amount > 0n && /^[0.]+$/.test(shown);
  return `${isLost ? `< 0.${'1'.padStart(decimals, '0')}` : shown} ${currency}`;
}

/** A plain decimal with that many places, rounded half to even; for programs, nine places are exact. */
export function formatAmount(amount: Nanos, decimals: number = NANO_DIGITS): string {
  const scaled = divideHalfEven(amount, 10n ** BigInt(NANO_DIGITS - decimals));
  const digits = scaled.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, digits.length - decimals)}.${digits.slice(digits.length - decimals)}`;
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  if (twice < divisor) return quotient;
  return twice > divisor || quotient % 2n === 1n ? quotient + 1n : quotient;
}
