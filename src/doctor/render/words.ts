import { plural } from '../../report/durations.ts';
import { verdictOf, type Examination, type RemedyPlace } from '../finding.ts';

/** How a remedy is introduced. */
export const PLACE_WORDS: Readonly<Record<RemedyPlace, string>> = {
  workflow: 'In the workflow',
  builder: 'On the builder',
  NixOS: 'On NixOS',
  elsewhere: 'On other systems',
};

/** `2 of 3 builders are good, 1 has a fault`. */
export function headline(examinations: readonly Examination[]): string {
  const count = (verdict: ReturnType<typeof verdictOf>): number =>
    examinations.filter((examination) => verdictOf(examination) === verdict).length;
  const faulty = count('fault');
  const imperfect = count('warning');
  const all = plural(examinations.length, 'builder');
  if (faulty + imperfect === 0)
    return examinations.length === 1 ? 'The builder is good' : `All ${all} are good`;
  const parts = [
    ...(faulty === 0 ? [] : [`${faulty} can't be used as the machine line says`]),
    ...(imperfect === 0 ? [] : [`${imperfect} could be better`]),
    ...(count('good') === 0 ? [] : [`${count('good')} good`]),
  ];
  return `Of ${all}, ${parts.join(', ')}`;
}
