import { readBuildError } from '../../../src/dispatch/ledger/build-error.ts';
import { fileNameOf, artifactName } from '../../../src/report/file-name.ts';
import { cleanText } from '../../../src/report/escape/clean.ts';
import { htmlText, markdownText } from '../../../src/report/escape/markup.ts';
import { mermaidLabel } from '../../../src/report/escape/mermaid.ts';
import { terminalLine } from '../../../src/report/escape/terminal.ts';
import { prefixedLine } from '../../../src/report/log/lines.ts';
import { must, textOf, texts, type FuzzTarget } from '../target.ts';

const ACTED_ON =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;
const COLOURS = /\u001b\[[0-9;:]*m/g;

/** Text of flakes and builds on its way to people: never anything that a terminal, a browser or GitHub acts on. */
export const shownText: FuzzTarget = {
  name: 'shown-text',
  share: 6,
  samples: texts(
    '::set-output name=x::y\n::stop-commands::guess',
    '\u001b[31mred\u001b[0m\u001b]0;title\u0007\u001b]8;;http://x\u001b\\link',
    '</details><script>alert(1)</script>| a | b |\n```mermaid\ngantt\nsection x :a, b',
    '\u202eabc\u2066 \u009b2J \u0000 \u{e0041}',
    'one\rtwo\r\nthree',
    "Cannot build '/nix/store/x.drv'.\nReason: builder failed with exit code 1.\nLast 1 log lines:\n> no",
  ),
  tokens: texts(
    '::',
    '##[',
    '\r',
    '\n',
    '\u001b',
    '\u001b[',
    '\u001b]',
    '\u009b',
    '\u0007',
    '\u001b\\',
    '<',
    '>',
    '&',
    '`',
    '|',
    '\u202e',
    '\u2028',
    '../',
    '\0',
    '😀',
    '%0A',
  ),
  take(bytes) {
    const text = textOf(bytes);
    must(readBuildError(text).length <= text.length, 'an error is longer than what was said');
    const clean = cleanText(text);
    must(!ACTED_ON.test(clean), 'clean text holds control characters');
    const line = terminalLine(text);
    must(
      !/[\n\r]/.test(line) && !ACTED_ON.test(line.replace(COLOURS, '')),
      'a line of a log does more than show',
    );
    must(!/[\n\r]/.test(prefixedLine(text, text)), 'a line of a log is two');
    must(!/[<>"']/.test(htmlText(text)), 'HTML text is markup');
    must(!/[<>|`\n\r[\]]/.test(markdownText(text)), 'Markdown text is markup');
    must(!/[\n\r:;#<>"{}[\]|%]/.test(mermaidLabel(text)), 'a label of a diagram is more');
    for (const name of [fileNameOf(text.split('.')), artifactName(text, 'logs')]) {
      must(
        !/[/\\\0\n]/.test(name) && !/^\.{1,2}$/.test(name) && name !== '',
        `${JSON.stringify(name)} leaves its folder`,
      );
    }
    return `${clean === text} ${line === text} ${Math.min(clean.split('\n').length, 3)}`;
  },
};
