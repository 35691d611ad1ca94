import { generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { readPrivateKey } from '../../../../src/builders/ssh/private-key.ts';
import { DispatchError } from '../../../../src/errors.ts';
import { makeKeyPair } from '../../../support/farm/keys.ts';

const ED25519 = makeKeyPair('ed25519');
const pkcs8 = (type: 'ed25519' | 'rsa' | 'ec'): string => {
  const options = { type: 'pkcs8', format: 'pem' } as const;
  if (type === 'ed25519') return String(generateKeyPairSync('ed25519').privateKey.export(options));
  if (type === 'rsa')
    return String(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(options));
  return String(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export(options));
};

function faultOf(text: string): DispatchError {
  try {
    readPrivateKey(text, 'ssh_key');
  } catch (error) {
    if (error instanceof DispatchError) return error;
    throw error;
  }
  throw new Error('the key was accepted');
}

describe('readPrivateKey', () => {
  it.each([
    ["OpenSSH's format, ed25519", ED25519.privateKey, 'ssh-ed25519'],
    ['PEM, RSA', makeKeyPair('rsa').privateKey, 'ssh-rsa'],
    ['PEM, ECDSA', makeKeyPair('ecdsa').privateKey, 'ecdsa-sha2-nistp256'],
    ['PKCS#8, ed25519', pkcs8('ed25519'), 'ssh-ed25519'],
    ['PKCS#8, RSA', pkcs8('rsa'), 'ssh-rsa'],
    ['PKCS#8, ECDSA', pkcs8('ec'), 'ecdsa-sha2-nistp384'],
  ])('reads %s', (_, text, type) => {
    const key = readPrivateKey(text, 'ssh_key');
    expect(key.label).toMatch(new RegExp(`^${type} SHA256:[\\w+/]{43}$`));
    const parsed = ssh2.utils.parseKey(key.text);
    if (parsed instanceof Error) throw parsed;
    const signature = parsed.sign('message');
    expect(signature instanceof Error ? signature : parsed.verify('message', signature)).toBe(true);
  });

  it('keeps the public half when it changes the format', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const key = readPrivateKey(String(privateKey.export({ type: 'pkcs8', format: 'pem' })), 'ssh_key');
    const parsed = ssh2.utils.parseKey(key.text);
    if (parsed instanceof Error) throw parsed;
    const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    expect(parsed.getPublicSSH().subarray(-32)).toEqual(point);
  });

  const text = ED25519.privateKey;

  it.each([
    ['Windows line ends', text.replaceAll('\n', '\r\n')],
    ['no final newline', text.trimEnd()],
    ['blank lines around it', `\n\n${text}\n\n`],
    ['indented lines', text.replaceAll('\n', '\n    ')],
    ['newlines written as \\n', text.trimEnd().replaceAll('\n', '\\n')],
  ])('repairs %s', (_, damaged) => {
    expect(readPrivateKey(damaged, 'ssh_key').label).toBe(readPrivateKey(text, 'ssh_key').label);
  });

  it.each([
    ['', 'it is empty'],
    [' \n', 'it is empty'],
    [ED25519.publicLine, 'it is a public key'],
    ['hello', 'does not begin with a line -----BEGIN'],
    [text.replace(/AAAA/, 'AAAB'), 'damaged'],
    [text.slice(0, 200), 'damaged'],
    ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'damaged'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'damaged or of an unknown kind'],
  ])('refuses %#', (bad, reason) => {
    const fault = faultOf(bad);
    expect(fault).toMatchObject({ code: 'input', message: expect.stringContaining(reason) });
    expect(fault.message).toContain('ssh_key cannot be used as a private key');
  });

  const cipher = { cipher: 'aes-256-cbc', passphrase: 'x' };
  it.each([
    [
      'PEM',
      String(
        generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
          type: 'pkcs1',
          format: 'pem',
          ...cipher,
        }),
      ),
    ],
    [
      'PKCS#8',
      String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher })),
    ],
    [
      'OpenSSH',
      ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-cbc', rounds: 1 }).private,
    ],
  ])('refuses a key with a passphrase (%s) and says how to get one without', (_, encrypted) => {
    expect(faultOf(encrypted)).toMatchObject({
      message: expect.stringContaining('protected by a passphrase'),
      hint: expect.stringContaining('ssh-keygen -p'),
    });
  });

  it('never quotes the key', () => {
    const secret = text.split('\n').slice(1, 3).join('\n');
    const fault = faultOf(text.replace(/-----END[^]*/, ''));
    expect(JSON.stringify([fault.message, fault.hint, String(fault.cause)])).not.toContain(
      secret.slice(0, 20),
    );
  });
});
