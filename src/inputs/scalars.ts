import { fault, value, type Parsed } from './parsed.ts';

/** YAML 1.2 core schema, as GitHub's own toolkit reads booleans; `yes`, `1` and `on` are faults there too. */
export function parseBoolean(text: string): Parsed<boolean> {
  if (/^(?:true|True|TRUE)$/.test(text)) return value(true);
  if (/^(?:false|False|FALSE)$/.test(text)) return value(false);
  return fault('true or false');
}

/** A whole number within `lowest` and `highest`. */
export function parseCount(lowest: number, highest: number): (text: string) => Parsed<number> {
  return (text) => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return count >= lowest && count <= highest
      ? value(count)
      : fault(`a whole number from ${lowest} to ${highest}`);
  };
}

const durationUnitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const durationPattern = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

// The longest that Node's timers hold.
const longestDurationMs = 2 ** 31 - 1;

/** A duration such as `90s`, `10m`, `1h30m`, in milliseconds. A bare number is seconds, as in Nix's own settings. */
export function parseDuration(text: string): Parsed<number> {
  const expected = 'a duration such as 90s, 10m or 1h30m, at most 24d';
  const match = durationPattern.exec(/^\d+$/.test(text) ? `${text}s` : text.replaceAll(' ', ''));
  if (match === null || text === '') return fault(expected);
  const [, d = '0', h = '0', m = '0', s = '0', ms = '0'] = match;
  const totalMs =
    Number(d) * durationUnitsMs.d +
    Number(h) * durationUnitsMs.h +
    Number(m) * durationUnitsMs.m +
    Number(s) * durationUnitsMs.s +
    Number(ms);
  return totalMs <= longestDurationMs ? value(totalMs) : fault(expected);
}

/** A duration that may not be so short that it strikes by chance: one second or more. */
export function parseInterval(text: string): Parsed<number> {
  const parsed = parseDuration(text);
  if (parsed.kind === 'value' && parsed.value < 1_000) return fault('a duration of at least 1s');
  return parsed;
}

const sizeUnitsBytes: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** A size such as `512M` or `2 GiB` (powers of 1024) or `2GB` (powers of 1000), in bytes. */
export function parseSize(text: string): Parsed<number> {
  const expected = 'a size such as 512M, 2GiB or 1000000';
  const match = /^(\d{1,15}(?:\.\d{1,3})?) ?([a-z]{0,3})$/i.exec(text);
  const unit = sizeUnitsBytes[match?.[2]?.toUpperCase() ?? '-'];
  if (match === null || unit === undefined) return fault(expected);
  const bytes = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(bytes) ? value(bytes) : fault(expected);
}

/** A limit: empty or `0` is none, everything else is up to `parse`. */
export function parseLimit(
  parse: (text: string) => Parsed<number>,
): (text: string) => Parsed<number | undefined> {
  return (text) => {
    if (text === '') return value(undefined);
    const parsed = parse(text);
    return parsed.kind === 'value' && parsed.value === 0 ? value(undefined) : parsed;
  };
}
