import { randomBytes } from 'node:crypto';
import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { parseHostKeyLine } from '../../../../src/builders/known-hosts/host-key.ts';
import { makeSignature } from '../../../../src/builders/ssh/make-signature.ts';
import { readPrivateKey } from '../../../../src/builders/ssh/private-key.ts';
import { verifySignature } from '../../../../src/builders/ssh/verify-signature.ts';
import { makeKeyPair } from '../../../support/farm/keys.ts';

it.each(['ed25519', 'ecdsa', 'rsa'] as const)('%s signs what its public half verifies', (type) => {
  const { privateKey, publicLine } = makeKeyPair(type);
  const key = parseHostKeyLine(publicLine);
  const parsed = ssh2.utils.parseKey(readPrivateKey(privateKey, 'a key').text);
  if (typeof key === 'string' || parsed instanceof Error) throw new Error('the key cannot be read');
  // Numbers of every length and sign come up in so many.
  for (let times = type === 'ecdsa' ? 600 : 3; times > 0; times -= 1) {
    const data = randomBytes(times);
    const { algorithm, bytes } = makeSignature(key.type, parsed.getPrivatePEM(), data);
    expect(verifySignature(key, algorithm, data, bytes)).toBe(true);
    expect(verifySignature(key, algorithm, randomBytes(times + 1), bytes)).toBe(false);
  }
});
