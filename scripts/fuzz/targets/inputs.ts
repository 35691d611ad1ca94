import { readPrivateKey } from '../../../src/builders/ssh/private-key.ts';
import { parseInputs } from '../../../src/inputs/parse-inputs.ts';
import { inputSchema } from '../../../src/inputs/schema.ts';
import { endingOf, textOf, texts, type FuzzTarget } from '../target.ts';

const NAMES = Object.keys(inputSchema);
const KEY = [
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW',
  'QyNTUxOQAAACDyEAmXOeKaCfL6msHfE62ja8kHiZ7x9Xi6SA4G4qspjAAAAJgAAAAAAAAA',
  '-----END OPENSSH PRIVATE KEY-----',
].join('\n');

/** Inputs of the action: the first byte picks which; and whatever may be taken for a private key. */
export const inputs: FuzzTarget = {
  name: 'inputs',
  share: 6,
  samples: texts(
    'true',
    '1h30m',
    '2 GiB',
    KEY,
    'sandbox = relaxed\n',
    '*.example.org 0.05 cpu-hour',
    '--option x "y z"',
    'checks packages."a.b"',
  ).flatMap((text) => [0, 6, 7, 12].map((index) => Buffer.concat([Buffer.from([index]), text]))),
  tokens: texts(
    '-----BEGIN ',
    'PRIVATE KEY-----',
    'RSA ',
    'EC ',
    'ENCRYPTED',
    '\n',
    '\\n',
    '"',
    "'",
    '\\',
    ' ',
    '.',
    '1e9',
    '-',
    '=',
    '0',
    '9'.repeat(20),
    'include ',
    '#',
  ),
  take(bytes) {
    const field = NAMES[(bytes[0] ?? 0) % NAMES.length] ?? '';
    const text = textOf(bytes.subarray(1));
    return endingOf(() => {
      parseInputs(
        (name) => (name === field ? text : ''),
        () => undefined,
      );
      if (text.includes('KEY')) return readPrivateKey(text, 'the key').label.slice(0, 8);
      return `${field} accepted`;
    });
  },
};
