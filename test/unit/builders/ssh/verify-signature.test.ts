import { expect } from 'vitest';
import { findExecutable } from '../../../../scripts/provision/command.ts';
import { parseCertificate } from '../../../../src/builders/known-hosts/certificate.ts';
import { parseHostKeyLine } from '../../../../src/builders/known-hosts/host-key.ts';
import type { HostKey } from '../../../../src/builders/known-hosts/host-key.ts';
import { joinFields } from '../../../../src/builders/known-hosts/ssh-fields.ts';
import { verifySignature } from '../../../../src/builders/ssh/verify-signature.ts';
import type { HostKeyType } from '../../../support/farm/host-options.ts';
import { makeKeyPair } from '../../../support/farm/keys.ts';
import { requires, type Requirement } from '../../../support/requirements.ts';
import { makeAuthority } from '../../../support/ssh/authority.ts';

const keygen: Requirement =
  findExecutable('ssh-keygen') === undefined
    ? { ok: false, reason: 'needs ssh-keygen on this machine' }
    : { ok: true };
const { test } = requires(keygen);

const TYPES: readonly HostKeyType[] = ['ed25519', 'ecdsa', 'rsa'];

function keyOf(line: string): HostKey {
  const key = parseHostKeyLine(line);
  if (typeof key === 'string') throw new Error(key);
  return key;
}

for (const type of TYPES) {
  test(`a signature that ssh-keygen made with ${type} fits what it signed and nothing else`, async () => {
    await using authority = await makeAuthority(type);
    for (const subject of TYPES) {
      const { publicLine } = makeKeyPair(subject);
      const certificate = parseCertificate(keyOf(await authority.sign(publicLine, { principals: ['h'] })));
      if (certificate === undefined) throw new Error('ssh-keygen made no certificate');
      expect(certificate.key).toEqual(keyOf(publicLine));
      const { signed, signature } = certificate;
      const key = keyOf(authority.publicLine);
      const verify = (changes: { by?: HostKey; as?: string; data?: Uint8Array; bytes?: Uint8Array }) =>
        verifySignature(
          changes.by ?? key,
          changes.as ?? signature.algorithm,
          changes.data ?? signed,
          changes.bytes ?? signature.bytes,
        );
      expect(verify({})).toBe(true);
      expect(verify({ data: signed.subarray(1) })).toBe(false);
      expect(verify({ bytes: signature.bytes.subarray(1) })).toBe(false);
      expect(verify({ bytes: Buffer.concat([signature.bytes, new Uint8Array(1)]) })).toBe(false);
      expect(verify({ bytes: new Uint8Array() })).toBe(false);
      expect(verify({ by: keyOf(makeKeyPair(type).publicLine) })).toBe(false);
      for (const as of ['ssh-rsa', 'ssh-dss', 'none', '', 'sk-ssh-ed25519@openssh.com']) {
        expect(verify({ as })).toBe(false);
      }
    }
  });
}

test('keys that are none verify nothing', () => {
  const data = new Uint8Array(3);
  for (const blob of [
    joinFields('ssh-ed25519', new Uint8Array(31)),
    joinFields('ssh-ed25519'),
    joinFields('ssh-rsa', '', ''),
    joinFields('ssh-rsa', new Uint8Array([3]), new Uint8Array([1, 2])),
    joinFields('ecdsa-sha2-nistp256', 'nistp384', new Uint8Array(97).fill(4)),
    joinFields('ecdsa-sha2-nistp256', 'nistp256', new Uint8Array(65).fill(4)),
    joinFields('ecdsa-sha2-nistp256', 'nistp256', new Uint8Array([0])),
  ]) {
    const type = new TextDecoder().decode(blob.subarray(4, 4 + (blob[3] ?? 0)));
    const algorithm = type === 'ssh-rsa' ? 'rsa-sha2-256' : type;
    expect(verifySignature({ type, blob }, algorithm, data, new Uint8Array(64))).toBe(false);
  }
});
