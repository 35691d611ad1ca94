import { DERIVATION_CHARACTERS, MOST_ENTRIES, MOST_SAMPLES, type Entry, type Sample } from './durations.ts';

/** Changes when older programs would misread what newer ones write. */
const VERSION = 1;
const LONGEST_TEXT = 300;
const LONGEST_SECONDS = 30 * 24 * 3600;

/** Writes durations as JSON: `{ "version": 1, "durations": { key: [[seconds, derivation, version], …] } }`. */
export function printHistory(entries: readonly Entry[]): string {
  const durations = entries.map(({ key, samples }): [string, unknown] => [
    key,
    samples.map(({ seconds, derivation, version }) => [Number(seconds.toFixed(2)), derivation, version]),
  ]);
  return `${JSON.stringify({ version: VERSION, durations: Object.fromEntries(durations) })}\n`;
}

/**
 * Reads what {@link printHistory} wrote. Anybody may have written it: what is no duration is left out, what is too long or too much is cut. A
 * text says why nothing could be read.
 */
export function parseHistory(text: string): readonly Entry[] | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (!isObject(value)) return 'it is not a JSON object';
  if (value['version'] !== VERSION) {
    return `expected version ${VERSION}, got ${JSON.stringify(value['version'])?.slice(0, 20) ?? 'none'}`;
  }
  if (!isObject(value['durations'])) return 'it has no durations';
  return Object.entries(value['durations']).slice(-MOST_ENTRIES).flatMap(parseEntry);
}

function parseEntry([key, list]: [string, unknown]): Entry[] {
  if (key.length > LONGEST_TEXT || !Array.isArray(list)) return [];
  const samples = list.slice(-MOST_SAMPLES).flatMap(parseSample);
  return samples.length === 0 ? [] : [{ key, samples }];
}

function parseSample(value: unknown): Sample[] {
  if (!Array.isArray(value)) return [];
  const [seconds, derivation, version]: unknown[] = value;
  const isSample =
    typeof seconds === 'number' &&
    seconds >= 0 &&
    seconds <= LONGEST_SECONDS &&
    typeof derivation === 'string' &&
    derivation.length <= DERIVATION_CHARACTERS &&
    typeof version === 'string' &&
    version.length <= LONGEST_TEXT;
  return isSample ? [{ seconds, derivation, version }] : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
