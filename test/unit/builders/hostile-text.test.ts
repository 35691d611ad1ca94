import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysOf, parseKnownHosts } from '../../../src/builders/known-hosts/known-hosts.ts';
import { parseBuilders } from '../../../src/builders/machine-lines/parse-builders.ts';
import { DispatchError } from '../../../src/errors.ts';

/** Text made of pieces that mean something to the parsers, and of anything else. */
const pieces = (words: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 6 })), {
      maxLength: 14,
    })
    .map((parts) => parts.join(''));

describe('text from strangers', () => {
  it('is a machine line or one error of ours', () => {
    const text = pieces([
      'ssh-ng://',
      'u@',
      'h',
      ':22',
      '[::1]',
      ' ',
      '-',
      '\n',
      ';',
      '#',
      '@f',
      '?compress=',
      'version = 1\n',
      '[machines.a]\n',
      'uri = "h"\n',
      '=',
      '%',
      '8',
      ',',
    ]);
    fc.assert(
      fc.property(text, (lines) => {
        try {
          for (const builder of parseBuilders(lines, () => lines)) expect(builder.name).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(DispatchError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('is a known_hosts line or a fault', () => {
    const text = pieces([
      '@revoked ',
      '@cert-authority ',
      '|1|',
      'AAAA',
      '==',
      '*',
      '?',
      '!',
      ',',
      'h',
      ' ',
      'ssh-ed25519 ',
      '\n',
      '#',
      '[h]:22',
    ]);
    const hmac = (key: Uint8Array, data: Uint8Array): Uint8Array =>
      createHmac('sha1', key).update(data).digest();
    fc.assert(
      fc.property(text, (lines) => {
        const parsed = parseKnownHosts(lines);
        keysOf(parsed, 'h', 22, hmac);
        for (const { line } of parsed.faults) expect(line).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('cannot include files for ever', () => {
    // Each file includes two others: no file includes itself.
    const include = (path: string): string => `@${path}a\n@${path}b`;
    expect(() => parseBuilders('@x', include)).toThrow('builders includes more than 256 files');
  });

  it('costs time in proportion to its length, however many machines share a name', () => {
    const began = performance.now();
    const builders = parseBuilders('ssh-ng://h\n'.repeat(50_000), () => undefined);
    parseBuilders(`local\n${'\n'.repeat(200_000)}`, () => undefined);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(builders.at(-1)?.name).toBe('h#50000');
  });
});
