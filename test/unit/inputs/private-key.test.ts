import { generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { parsePrivateKey } from '../../../src/inputs/private-key.ts';

const openssh = ssh2.utils.generateKeyPairSync('ed25519').private;
const locked = ssh2.utils.generateKeyPairSync('ed25519', {
  passphrase: 'secret',
  cipher: 'aes256-ctr',
  rounds: 1,
});
const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { privateKey: ecdsa } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('parsePrivateKey', () => {
  it.each([
    ['OpenSSH', openssh],
    ['PKCS#1', rsa.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['PKCS#8', rsa.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['SEC1', ecdsa.export({ type: 'sec1', format: 'pem' }).toString()],
  ])('takes %s, with one line end at its end', (_format, key) => {
    const expected = { kind: 'value', value: `${key.trim()}\n` };
    expect(parsePrivateKey(key)).toEqual(expected);
    expect(parsePrivateKey(key.trim().replaceAll('\n', '\r\n'))).toEqual(expected);
    expect(parsePrivateKey(key.trim().replaceAll('\n', '  \n'))).toEqual(expected);
    expect(parsePrivateKey(key.trim().replaceAll(/^/gm, '\t  '))).toEqual(expected);
  });

  it('takes an empty secret for none', () => {
    expect(parsePrivateKey(' \n')).toEqual({ kind: 'value', value: undefined });
  });

  it.each([
    ['an OpenSSH key with a passphrase', locked.private, 'passphrase'],
    [
      'a PKCS#8 key with a passphrase',
      rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      'passphrase',
    ],
    [
      'a PKCS#1 key with a passphrase',
      rsa.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      'passphrase',
    ],
    ['a public key', locked.public, 'public key'],
    ['escaped line ends', openssh.replaceAll('\n', '\\n'), 'line ends are written as'],
    ['a single line', openssh.replaceAll('\n', ' '), 'without its line ends'],
    ['a cut-off key', openssh.slice(0, 200), 'cut off'],
    ['a damaged key', openssh.replace('b3BlbnNzaC', 'AAAAAAAAAA'), 'damaged'],
    ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-ed25519\n', 'puttygen'],
    ['a quoted key', `"${openssh.trim()}"`, 'quotes'],
    ['a key in base64', btoa(openssh), 'base64'],
    ['the name of a file', '~/.ssh/hunter2', 'name of a file'],
    ['rubbish', 'hunter2', 'not shown'],
  ])('says what %s is', (_case, key, words) => {
    const parsed = parsePrivateKey(key);
    expect(parsed).toMatchObject({ kind: 'fault', got: expect.stringContaining(words) });
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });
});
