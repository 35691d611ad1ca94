import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { AnySchemaObject } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { fullResults } from '../../../src/report/full-results.ts';
import type { RunReport } from '../../../src/report/run-report.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';
import { LARGE, largeReport } from '../../support/report/large-report.ts';
import { sampleReport } from '../../support/report/sample-report.ts';

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'results.schema.json');
const schema: AnySchemaObject = JSON.parse(readFileSync(file, 'utf8'));

/** The schema, but with nothing allowed that it does not describe. */
function closed(part: AnySchemaObject): AnySchemaObject;
function closed(part: unknown): unknown;
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
  return 'properties' in copy && 'required' in copy ? { ...copy, additionalProperties: false } : copy;
}

function faultsOf(results: unknown): unknown {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(closed(schema));
  void validate(JSON.parse(JSON.stringify(results)));
  return validate.errors;
}

describe('the schema of the results describes', () => {
  const prices = { currency: 'EUR', rules: [{ pattern: 'b1', perHour: 10n ** 9n, unit: 'hour' as const }] };
  const large = largeReport({
    ...LARGE,
    jobs: 200,
    failedEvery: 4,
    evaluationFailedEvery: 7,
    texts: HOSTILE_TEXTS,
  });
  test.each<[string, RunReport]>([
    ['an empty run', sampleReport()],
    ['a run with failures and hostile names', large],
    ['a run with prices', { ...large, prices }],
  ])('every field of %s', (_, report) => {
    expect(faultsOf(fullResults(report))).toBeNull();
  });

  test('and nothing else', () => {
    const results = fullResults(large);
    expect(faultsOf({ ...results, schemaVersion: 2 })).not.toBeNull();
    expect(faultsOf({ ...results, surprise: 1 })).not.toBeNull();
    expect(faultsOf({ ...results, totals: { ...results.totals, built: -1 } })).not.toBeNull();
  });
});
