import { utf8Length } from '../../report/escape/clip.ts';
import { markdownCode, markdownText, preformatted } from '../../report/escape/markup.ts';
import { CHECKS, type Check, type Examination, type Finding, type Verdict } from '../finding.ts';
import { headline, PLACE_WORDS } from './words.ts';

const SYMBOLS: Readonly<Record<Verdict, string>> = {
  good: '✅',
  warning: '⚠️',
  fault: '❌',
  unknown: '➖',
};

/** GitHub drops a whole summary above 1 MiB. */
const mostBytes = 900_000;
const detailCharacters = 1000;

/** The table of builders and checks, what to change, and everything that was found, as Markdown for a job summary. */
export function renderSummary(examinations: readonly Examination[], title = headline(examinations)): string {
  const parts = [
    `## 🩺 ${markdownText(title)}`,
    overview(examinations),
    changes(examinations),
    everything(examinations),
  ].filter((part) => part !== '');
  // What matters most comes first; what no longer fits is in the log.
  while (parts.length > 1 && utf8Length(parts.join('\n\n')) > mostBytes) parts.pop();
  return `${parts.join('\n\n')}\n`;
}

function overview(examinations: readonly Examination[]): string {
  const used = CHECKS.filter((check) =>
    examinations.some(({ findings }) => findings.some((finding) => finding.check === check)),
  );
  const rows = examinations.map(({ builder, findings }) => {
    const symbol = (check: Check): string => {
      const finding = findings.find((finding) => finding.check === check);
      return finding === undefined ? '' : SYMBOLS[finding.verdict];
    };
    return `| ${[markdownCode(builder, 100), ...used.map(symbol)].join(' | ')} |`;
  });
  return [`| Builder | ${used.join(' | ')} |`, `|---|${used.map(() => ':-:|').join('')}`, ...rows].join('\n');
}

function changes(examinations: readonly Examination[]): string {
  const sections = examinations.flatMap(({ builder, findings }) => {
    const wrong = findings.filter(({ verdict }) => verdict === 'fault' || verdict === 'warning');
    return wrong.length === 0 ? [] : [`#### ${markdownCode(builder, 100)}`, ...wrong.map(change)];
  });
  return sections.length === 0 ? '' : ['### What to change', ...sections].join('\n\n');
}

function change({ check, verdict, detail, remedies }: Finding): string {
  const steps = remedies.map(({ where, text, code }) => {
    const step = `${PLACE_WORDS[where]}: ${markdownText(text, detailCharacters)}`;
    return code === undefined ? step : `${step}\n\n${preformatted(code.split('\n'))}`;
  });
  return [`${SYMBOLS[verdict]} **${check}**: ${markdownText(detail, detailCharacters)}`, ...steps].join(
    '\n\n',
  );
}

function everything(examinations: readonly Examination[]): string {
  const sections = examinations.map(({ builder, findings }) => {
    const rows = findings.map(
      ({ check, verdict, detail }) =>
        `| ${SYMBOLS[verdict]} | ${check} | ${markdownText(detail, detailCharacters)} |`,
    );
    return [
      `#### ${markdownCode(builder, 100)}`,
      ['| | Check | Found |', '|---|---|---|', ...rows].join('\n'),
    ].join('\n\n');
  });
  return `<details><summary>Everything that was found</summary>\n\n${sections.join('\n\n')}\n\n</details>`;
}
