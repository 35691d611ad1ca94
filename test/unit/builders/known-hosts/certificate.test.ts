import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../../../src/builders/known-hosts/certificate.ts';
import type { HostKey } from '../../../../src/builders/known-hosts/host-key.ts';
import type { KnownKeys } from '../../../../src/builders/known-hosts/known-hosts.ts';
import { joinFields } from '../../../../src/builders/known-hosts/ssh-fields.ts';
import { verifyHostKey } from '../../../../src/builders/known-hosts/verify-host-key.ts';
import { DispatchError } from '../../../../src/errors.ts';
import { certificateChecks } from '../../../support/ssh/certificate-checks.ts';
import { CarelessAuthority, type CertificateParts } from '../../../support/ssh/made-certificates.ts';

const authority = new CarelessAuthority();
const { key, subject } = authority;
const NOW_SECONDS = 1_800_000_000n;

function judge(offered: HostKey, changes: Partial<KnownKeys> = {}, host = 'h') {
  const keys = { trusted: [], revoked: [], certAuthorities: [key], ...changes };
  const trust = { host, port: 22, source: 'known_hosts', keys };
  return verifyHostKey(trust, offered, certificateChecks(Number(NOW_SECONDS) * 1000 + 999));
}

describe('parseCertificate', () => {
  it('reads every field', () => {
    const options = joinFields('force-command', joinFields('true'), 'x', '');
    const certificate = authority.certify({
      kind: 1,
      principals: joinFields('a', '', 'b'),
      validAfter: 1n,
      validBefore: 2n,
      criticalOptions: options,
    });
    expect(parseCertificate(certificate)).toMatchObject({
      key: subject,
      kind: 'user',
      serial: 7n,
      keyId: 'id',
      principals: ['a', '', 'b'],
      validAfter: 1n,
      validBefore: 2n,
      criticalOptions: ['force-command', 'x'],
      authority: key,
      signature: { algorithm: 'ssh-ed25519' },
    });
  });

  it.each(['ssh-ed25519', 'ssh-dss-cert-v01@openssh.com', 'ssh-rsa-cert-v00@openssh.com'])(
    'leaves %s to others',
    (type) => {
      expect(parseCertificate({ type, blob: joinFields(type, 'x') })).toBeUndefined();
    },
  );

  it('refuses every beginning of a certificate, and more than one', () => {
    const { type, blob } = authority.certify({ criticalOptions: joinFields('a', 'b') });
    for (let length = 4 + type.length; length < blob.length; length += 1) {
      expect(() => parseCertificate({ type, blob: blob.subarray(0, length) })).toThrow(DispatchError);
    }
    expect(() => parseCertificate(authority.certify({ rest: new Uint8Array(1) }))).toThrow(
      'bytes behind the signature',
    );
  });

  it('refuses an authority without a key', () => {
    expect(() => parseCertificate(authority.certify({ authority: new Uint8Array(3) }))).toThrow(
      'has no type',
    );
  });
});

describe('a host certificate', () => {
  it.each([
    ['h', 'h'],
    ['h', 'H'],
    ['b1.example.org', 'b1.example.org'],
    ['fe80::1', 'fe80::1'],
  ])('for %s vouches for %s', (principal, host) => {
    const certificate = authority.certify({ principals: joinFields('other', principal) });
    expect(judge(certificate, {}, host)).toEqual({ kind: 'trusted' });
  });

  const REFUSED: readonly (readonly [string, Partial<CertificateParts>, RegExp])[] = [
    ['of a user', { kind: 1 }, /is not one for hosts/],
    ['of no kind', { kind: 3 }, /is not one for hosts/],
    ['from later on', { validAfter: NOW_SECONDS + 1n }, /is valid only from 2027-01-15T08:00:01.000Z on/],
    ['until now', { validBefore: NOW_SECONDS }, /expired at 2027-01-15T08:00:00.000Z/],
    ['for ever after', { validAfter: 2n ** 63n }, /is valid only from a time that never comes on/],
    ['for nobody', { principals: new Uint8Array() }, /names no host/],
    ['for all', { principals: joinFields('*', 'H') }, /is for "\*", "H", not for h/],
    ['for others', { principals: joinFields('hh', 'b.h', '') }, /is for "hh", "b.h", "", not for h/],
    ['for many', { principals: joinFields('a', 'b', 'c', 'd', 'e', 'f') }, /"e" and others, not for h/],
    [
      'with a condition',
      { criticalOptions: joinFields('x\n::error::', '') },
      /critical option "x\\n::error::"/,
    ],
    [
      'signed otherwise',
      { algorithm: 'rsa-sha2-512' },
      /has a signature \("rsa-sha2-512"\) that does not fit/,
    ],
    ['of a stranger', { authority: new CarelessAuthority().key.blob }, /is signed by ssh-ed25519 SHA256/],
    [
      'of a certified authority',
      { authority: new CarelessAuthority().certify().blob },
      /is signed by ssh-ed25519-cert-v01@openssh.com/,
    ],
  ];

  it.each(REFUSED)('%s is refused', (_, changes, message) => {
    expect(judge(authority.certify(changes))).toMatchObject({
      kind: 'unknown',
      message: expect.stringMatching(message),
      line: expect.stringMatching(/^h ssh-ed25519 /),
    });
  });

  it('that has expired comes with the command that makes another', () => {
    expect(judge(authority.certify({ validBefore: 0n }))).toMatchObject({
      hint: expect.stringContaining(
        'ssh-keygen -s CA_KEY -I h -h -n h -V +52w /etc/ssh/ssh_host_ed25519_key.pub',
      ),
    });
  });

  it('is valid from its first second to its last', () => {
    const certificate = authority.certify({ validAfter: NOW_SECONDS, validBefore: NOW_SECONDS + 1n });
    expect(judge(certificate)).toEqual({ kind: 'trusted' });
  });

  it('is refused with any bit of what is signed changed', () => {
    const { type, blob } = authority.certify();
    const [signedBytes = 0] = [parseCertificate({ type, blob })?.signed.length];
    for (let at = 4 + type.length + 4; at < signedBytes; at += 1) {
      const changed = Uint8Array.from(blob);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const outcome = ((): string => {
        try {
          return judge({ type, blob: changed }).kind;
        } catch (error) {
          return error instanceof DispatchError ? error.code : 'crash';
        }
      })();
      expect(['unknown', 'host-key']).toContain(outcome);
    }
  });

  it('is refused by name of an authority that is only known as a host', () => {
    expect(judge(authority.certify(), { certAuthorities: [], trusted: [key] })).toMatchObject({
      kind: 'unknown',
    });
  });

  it('that vouches for nothing leaves its key as known as it is', () => {
    expect(judge(authority.certify({ kind: 1 }), { trusted: [subject] })).toEqual({ kind: 'trusted' });
  });

  it.each([
    ['its key', subject],
    ['its authority', key],
  ])('is refused when %s is revoked', (_, revoked) => {
    expect(judge(authority.certify(), { revoked: [revoked], trusted: [subject] })).toMatchObject({
      kind: 'revoked',
    });
  });
});
