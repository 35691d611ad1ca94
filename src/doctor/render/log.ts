import { cleanText } from '../../report/escape/clean.ts';
import { CHECKS, type Examination, type Finding, type Verdict } from '../finding.ts';
import { headline, PLACE_WORDS } from './words.ts';

const WORDS: Readonly<Record<Verdict, string>> = {
  good: 'good',
  warning: 'WARNING',
  fault: 'FAULT',
  unknown: '-',
};

const wordWidth = 8;
const checkWidth = 1 + Math.max(...CHECKS.map((check) => check.length));

/** Everything that was found, as lines for a log. Machines' own texts are cleaned. */
export function renderLog(examinations: readonly Examination[]): readonly string[] {
  const lines = examinations.flatMap(({ builder, uri, findings }) => [
    '',
    uri === builder ? builder : `${builder} (${uri})`,
    ...findings.flatMap(findingLines),
  ]);
  return [`${headline(examinations)}.`, ...lines].map((line) => cleanText(line).replaceAll('\n', ' '));
}

function findingLines({ verdict, check, detail, remedies }: Finding): readonly string[] {
  const margin = ' '.repeat(2 + wordWidth + checkWidth);
  const [first = '', ...more] = detail.split('\n');
  return [
    `  ${WORDS[verdict].padEnd(wordWidth)}${check.padEnd(checkWidth)}${first}`,
    ...more.map((line) => `${margin}${line}`),
    ...remedies.flatMap(({ where, text, code }) => [
      `${margin}${PLACE_WORDS[where]}: ${text}`,
      ...(code === undefined ? [] : code.split('\n').map((line) => `${margin}  ${line}`)),
    ]),
  ];
}
