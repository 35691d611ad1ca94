import { attributePathOf } from './attribute.ts';
import { plural } from './durations.ts';
import type { Notice, RunReport } from './run-report.ts';

/** A flake can give any number of them, and each is shown in several places. */
const MOST_SHOWN = 200;

/**
 * Warnings of the evaluation, each once, titled by the first attribute that gave it and the number of others. Of very many the first, and
 * how many there are besides.
 */
export function evaluationWarnings({ jobs, listed = [] }: RunReport): readonly Notice[] {
  const attributes = new Map<string, string[]>();
  for (const job of [...jobs, ...listed]) {
    for (const warning of new Set(job.warnings)) {
      const known = attributes.get(warning);
      if (known === undefined) attributes.set(warning, [attributePathOf(job)]);
      else known.push(attributePathOf(job));
    }
  }
  const left = attributes.size - MOST_SHOWN;
  const more: Notice = {
    level: 'warning',
    title: plural(left, 'more warning'),
    message: 'results.json has all of them.',
  };
  const shown = [...attributes].slice(0, MOST_SHOWN).map(([message, [first = '', ...others]]): Notice => ({
    level: 'warning',
    title: others.length === 0 ? first : `${first} and ${others.length} more`,
    message,
  }));
  return left > 0 ? [...shown, more] : shown;
}
