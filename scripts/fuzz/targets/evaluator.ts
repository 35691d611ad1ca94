import { parseAnswer } from '../../../src/flake/evaluator/answer.ts';
import { readError } from '../../../src/flake/evaluator/error-text.ts';
import { parseNixLogLine } from '../../../src/flake/evaluator/nix-log.ts';
import { endingOf, must, textOf, texts, type FuzzTarget } from '../target.ts';
import { DRV_PATH, OUT_PATH } from './sample-wire.ts';

const ANSWER = `{"kind":"derivation","name":"hello","description":"","system":"x86_64-linux","drvPath":"${DRV_PATH}","outputs":{"out":"${OUT_PATH}"},"features":["kvm"]}`;

/** What an evaluator prints: lines of its log, answers, errors. */
export const evaluator: FuzzTarget = {
  name: 'evaluator',
  share: 8,
  samples: texts(
    `@nix {"action":"msg","level":0,"msg":${JSON.stringify(`trace: ${ANSWER}`)}}`,
    ANSWER,
    `{"kind":"program","drvPath":"${DRV_PATH}","output":"out","program":"${OUT_PATH}/bin/x","description":""}`,
    '{"kind":"set","names":["a","b"],"recurse":true}',
    '{"kind":"other","type":"lambda"}',
    '@nix {"action":"start","id":1,"level":3,"type":105,"fields":["/nix/store/x.drv","",1,1],"text":""}',
    'error:\n       … while evaluating the attribute\n\n         at /nix/store/x-source/flake.nix:3:5:\n\n            2| x\n            3|   y\n\n       error: attribute missing',
    'error: undefined variable\n\n       at «github:a/b»/flake.nix:12:7:\n',
    '@nix {"action":"msg","level":1,"msg":"\u001b[35;1mwarning:\u001b[0m Git tree is dirty"}',
  ),
  tokens: texts(
    '@nix ',
    '{"action":"msg","level":0,"msg":"',
    '"}',
    'trace: ',
    'error: ',
    '\n',
    '       ',
    'at ',
    '«',
    '»',
    ':1:1:',
    '\u001b[',
    '\u001b]8;;',
    '\u0007',
    '"kind":',
    '"derivation"',
    '"program"',
    '"set"',
    'null',
    '[',
    '{',
    '__proto__',
    DRV_PATH,
    '\\u0000',
  ),
  take(bytes) {
    const text = textOf(bytes);
    return endingOf(() => {
      const line = parseNixLogLine(text);
      const { message, position } = readError(text, ['/nix/store/x-source', '«github:a/b»']);
      must(message.length <= 4001, 'an error is too long');
      must(position === undefined || Number.isFinite(position.line), 'a place is none');
      const answer = parseAnswer(line.kind === 'trace' ? line.text : text);
      return `${line.kind} ${answer.kind} ${position?.file.slice(0, 10)}`;
    });
  },
};
