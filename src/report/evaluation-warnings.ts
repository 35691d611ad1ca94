import { attributePathOf } from './attribute.ts';
import type { Notice, RunReport } from './run-report.ts';

/** Warnings of the evaluation, each once, titled by the first attribute that gave it and the number of others. */
export function evaluationWarnings({ jobs, listed = [] }: RunReport): readonly Notice[] {
  const attributes = new Map<string, string[]>();
  for (const job of [...jobs, ...listed]) {
    for (const warning of new Set(job.warnings)) {
      const known = attributes.get(warning);
      if (known === undefined) attributes.set(warning, [attributePathOf(job)]);
      else known.push(attributePathOf(job));
    }
  }
  return [...attributes].map(([message, [first = '', ...others]]) => ({
    level: 'warning',
    title: others.length === 0 ? first : `${first} and ${others.length} more`,
    message,
  }));
}
