import { describe, expect, it } from 'vitest';
import { parseHostKeyLine } from '../../../../src/builders/known-hosts/host-key.ts';
import type { HostKey } from '../../../../src/builders/known-hosts/host-key.ts';
import { verifyHostKey } from '../../../../src/builders/known-hosts/verify-host-key.ts';
import { hostTrust } from '../../../../src/builders/ssh/host-trust.ts';
import { makeKeyPair } from '../../../support/farm/keys.ts';
import { certificateChecks } from '../../../support/ssh/certificate-checks.ts';

const lines = [makeKeyPair('ed25519').publicLine, makeKeyPair('ed25519').publicLine] as const;

function keyOf(line: string): HostKey {
  const key = parseHostKeyLine(line);
  if (typeof key === 'string') throw new Error(key);
  return key;
}

const [a, b] = [keyOf(lines[0]), keyOf(lines[1])];
const input = (text: string) => ({ name: 'the input', text });
const file = (text: string) => ({ name: 'a file', text });

describe('hostTrust', () => {
  it('takes the machine line before known_hosts', () => {
    expect(hostTrust('h', 22, a, [input(`h ${lines[1]}`)])).toMatchObject({
      source: 'its machine line',
      keys: { trusted: [a] },
    });
  });

  it('takes the first text that names the host', () => {
    const both = hostTrust('h', 22, undefined, [input(`h ${lines[0]}`), file(`h ${lines[1]}`)]);
    expect(both).toMatchObject({ source: 'the input', keys: { trusted: [a] } });
    const second = hostTrust('h', 22, undefined, [input(`other ${lines[0]}`), file(`h ${lines[1]}`)]);
    expect(second).toMatchObject({ source: 'a file', keys: { trusted: [b] } });
  });

  it('takes authorities from the first text that names one, beside keys from another', () => {
    const sources = [
      input(`@cert-authority * ${lines[0]}`),
      file(`h ${lines[1]}\n@cert-authority * ${lines[1]}`),
    ];
    expect(hostTrust('h', 22, undefined, sources)).toMatchObject({
      source: 'a file and the input',
      keys: { trusted: [b], certAuthorities: [a] },
    });
  });

  it('keeps a key revoked whoever revoked it, pinned ones too', () => {
    const sources = [input(''), file(`@revoked * ${lines[0]}`)];
    expect(verifyHostKey(hostTrust('h', 22, a, sources), a, certificateChecks())).toMatchObject({
      kind: 'revoked',
    });
  });

  it('mentions lines that could not be read where nothing is known', () => {
    const trust = hostTrust('h', 22, undefined, [input(`# mine\nh,ssh-ed25519`)]);
    expect(verifyHostKey(trust, a, certificateChecks())).toMatchObject({
      hint: expect.stringMatching(
        /^Line 2 of the input cannot be read: expected: host type key[^]*\nIf that is [^]* add this line to known_hosts: \S+ ssh-\S+ AAAA\S+$/,
      ),
    });
  });
});
