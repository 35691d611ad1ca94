import { expect } from 'vitest';
import type { StepResult } from './step-result.ts';

/**
 * Checks that a step refused to go on in the way that people can use: exit code 1, one error, nothing built, no stack
 * trace, no key, and the job summary says so too. Returns the error's text.
 */
export function refusalOf(step: StepResult, secrets: readonly string[] = []): string {
  expect(step.exitCode, step.printed).toBe(1);
  expect(step.annotations.map(({ level }) => level)).toEqual(['error']);
  expect(step.log.filter((line) => line.includes('building on'))).toEqual([]);
  expect(step.printed).not.toMatch(/^\s+at .*[:(]|node:internal|\.js:\d+/m);
  expect(step.summary).toContain('❌');
  for (const secret of secrets.flatMap((text) => [text, ...secretLines(text)])) {
    expect(`${step.printed}${step.summary}`).not.toContain(secret);
  }
  return step.annotations[0]?.message ?? '';
}

/** Lines of a private key that no other key has: the first one only says what kind it is. */
export function secretLines(key: string): readonly string[] {
  const lines = key.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
  return lines.slice(1);
}
