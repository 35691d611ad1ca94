import type { FullResults } from '../../../src/report/full-results.ts';
import type { StepResult } from '../action/step-result.ts';

/** The results that a step left, with everything it knows. */
export function resultsOf(step: Pick<StepResult, 'kept' | 'printed'>): FullResults {
  const text = step.kept['results/results.json'];
  if (text === undefined) throw new Error(`expected results.json; the action printed:\n${step.printed}`);
  return JSON.parse(text) as FullResults;
}

/** Names of the builds by how they ended, sorted. */
export function namesByOutcome(results: FullResults): Readonly<Record<string, readonly string[]>> {
  const names: Record<string, string[]> = {};
  for (const { name, outcome } of results.builds) (names[outcome] ??= []).push(name);
  for (const list of Object.values(names)) list.sort();
  return names;
}

/** What went wrong with a builder, as the report tells it. */
export function troubleOf(results: FullResults, builder: string): readonly string[] {
  return results.builders.find(({ name }) => name === builder)?.trouble ?? [];
}

/** Attempts that came to nothing on a builder, each with what became of its build. */
export function lostAttempts(
  results: FullResults,
  builder: string,
): readonly { readonly build: string; readonly result: string; readonly outcome: string }[] {
  return results.builds.flatMap(({ name, outcome, attempts }) =>
    attempts
      .filter((attempt) => attempt.builder === builder && attempt.result !== 'built')
      .map(({ result }) => ({ build: name, result, outcome })),
  );
}
