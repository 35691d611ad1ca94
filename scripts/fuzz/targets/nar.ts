import { createNarScanner } from '../../../src/nix/nar/scanner.ts';
import { decodeNar, encodeNar } from '../../../src/nix/nar/tree.ts';
import { endingOf, must, type FuzzTarget } from '../target.ts';
import { SAMPLE_NAR, WIRE_TOKENS } from './sample-wire.ts';

const EMPTY_FILE = encodeNar({ kind: 'regular', isExecutable: false, contents: new Uint8Array() });
const LINK = encodeNar({ kind: 'symlink', target: '/etc' });

const words = [
  '(',
  ')',
  'type',
  'regular',
  'directory',
  'symlink',
  'executable',
  'contents',
  'target',
  'entry',
  'name',
];

/** Archives: the first byte picks how the bytes are cut, the second whether the size is known beforehand. */
export const nar: FuzzTarget = {
  name: 'nar',
  share: 16,
  samples: [SAMPLE_NAR, EMPTY_FILE, LINK].flatMap((archive) =>
    [0, 1, 2].map((known) => Buffer.concat([Buffer.from([7, known]), archive])),
  ),
  tokens: [...words, 'node', '', '.', '..', 'a/b', 'a\0b']
    .map((word) => narString(word))
    .concat(WIRE_TOKENS.slice(-1)),
  take(bytes) {
    const [cut = 0, known = 0] = bytes;
    const body = bytes.subarray(2);
    const options = known % 3 === 0 ? {} : { narSizeBytes: known % 3 === 1 ? body.length : known };
    const whole = scan(body, body.length + 1, options);
    must(whole === scan(body, 1 + (cut % 32), options), 'the same archive in pieces ends otherwise');
    if (known % 3 !== 1) return whole;
    return endingOf(() => {
      const tree = decodeNar(body);
      must(Buffer.compare(encodeNar(tree), body) === 0, 'the archive has two spellings');
      return 'canonical';
    });
  },
};

function scan(bytes: Uint8Array, size: number, options: { readonly narSizeBytes?: number }): string {
  return endingOf(() => {
    const scanner = createNarScanner(options);
    let consumed = 0;
    for (let at = 0; at < bytes.length; at += size) {
      const chunk = bytes.subarray(at, at + size);
      const progress = scanner.push(chunk);
      must(progress.consumed <= chunk.length, 'it took more than there was');
      consumed += progress.consumed;
      if (progress.done || progress.daemonError) {
        return `${progress.done ? 'done' : 'daemon error'} at ${consumed % 8}`;
      }
      must(progress.consumed === chunk.length, 'it left bytes without being done');
    }
    return 'wants more';
  });
}

function narString(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const framed = Buffer.alloc(8 + Math.ceil(bytes.length / 8) * 8);
  framed.writeUInt32LE(bytes.length);
  framed.set(bytes, 8);
  return framed;
}
