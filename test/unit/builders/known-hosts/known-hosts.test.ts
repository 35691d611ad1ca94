import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatHostKey, parseHostKeyLine } from '../../../../src/builders/known-hosts/host-key.ts';
import type { HostKey } from '../../../../src/builders/known-hosts/host-key.ts';
import type { HmacSha1 } from '../../../../src/builders/known-hosts/host-pattern.ts';
import { keysOf, parseKnownHosts } from '../../../../src/builders/known-hosts/known-hosts.ts';
import { hostKeyAlgorithms } from '../../../../src/builders/known-hosts/algorithms.ts';
import { verifyHostKey } from '../../../../src/builders/known-hosts/verify-host-key.ts';
import { certificateChecks } from '../../../support/ssh/certificate-checks.ts';

const hmacSha1: HmacSha1 = (key, data) => createHmac('sha1', key).update(data).digest();

/** A made-up public key: wire encoding of its type, then anything. */
function key(type: string, seed: string): HostKey {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(type.length);
  const blob = Buffer.concat([head, Buffer.from(type), Buffer.from(seed.padEnd(32, '.'))]);
  return { type, blob: new Uint8Array(blob) };
}

const A = key('ssh-ed25519', 'a');
const B = key('ssh-ed25519', 'b');
const RSA = key('ssh-rsa', 'r');
const line = (hosts: string, of = A): string => `${hosts} ${formatHostKey(of)}`;
const hashed = (name: string): string => {
  const salt = Buffer.from('01234567890123456789');
  return `|1|${salt.toString('base64')}|${Buffer.from(hmacSha1(salt, Buffer.from(name))).toString('base64')}`;
};
const keys = (text: string, host: string, port = 22) => keysOf(parseKnownHosts(text), host, port, hmacSha1);

describe('keysOf', () => {
  it.each([
    ['h', 'h', 22, true],
    ['H.Example', 'h.example', 22, true],
    ['h', 'hh', 22, false],
    ['a,h,c', 'h', 22, true],
    ['*.example.org', 'b1.example.org', 22, true],
    ['*.example.org', 'example.org', 22, false],
    ['b?', 'b1', 22, true],
    ['b?', 'b12', 22, false],
    ['*.example.org,!b2.example.org', 'b1.example.org', 22, true],
    ['*.example.org,!b2.example.org', 'b2.example.org', 22, false],
    ['!b2', 'b1', 22, false],
    ['[h]:2222', 'h', 2222, true],
    ['[h]:2222', 'h', 22, false],
    ['[h]:*', 'h', 2222, true],
    ['h', 'h', 2222, true],
    ['::1', '::1', 22, true],
    ['[fe80::1]:23', 'fe80::1', 23, true],
    [hashed('h'), 'h', 22, true],
    [hashed('[h]:2222'), 'h', 2222, true],
    [hashed('other'), 'h', 22, false],
    ['*', 'anything', 22, true],
  ])('%s is about %s port %i: %s', (hosts, host, port, expected) => {
    expect(keys(line(hosts), host, port).trusted).toEqual(expected ? [A] : []);
  });

  it('prefers the line with the port to the bare name', () => {
    expect(keys(`${line('h', B)}\n${line('[h]:2222')}`, 'h', 2222).trusted).toEqual([A]);
  });

  it('gathers several keys, revoked ones and certificate authorities apart', () => {
    const text = `# mine\n\n${line('h')}\r\n${line('h', RSA)}\n@revoked ${line('*', B)}\n@cert-authority ${line('*.org', B)}`;
    expect(keys(text, 'h')).toEqual({ trusted: [A, RSA], revoked: [B], certAuthorities: [] });
    expect(keys(text, 'x.org', 99)).toEqual({ trusted: [], revoked: [B], certAuthorities: [B] });
  });

  it('is not stalled by a hostile pattern', () => {
    const began = performance.now();
    expect(keys(line('*a'.repeat(400) + 'b'), 'a'.repeat(2000)).trusted).toEqual([]);
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('says which lines it could not read', () => {
    const text = [
      line('h'),
      'h ssh-rsa',
      '@what h ssh-rsa AAAA',
      '|1|x|y ssh-rsa AAAA',
      `h ssh-dss ${formatHostKey(A).split(' ')[1]}`,
    ];
    const { entries, faults } = parseKnownHosts(text.join('\n'));
    expect(entries).toHaveLength(1);
    expect(faults.map((fault) => [fault.line, fault.message.slice(0, 22)])).toEqual([
      [2, 'expected: host type ke'],
      [3, 'unknown marker @what: '],
      [4, 'its hashed host name i'],
      [5, 'expected: host type ke'],
    ]);
  });
});

describe('verifyHostKey', () => {
  const judge = (text: string, offered: HostKey, port = 22) =>
    verifyHostKey(
      { host: 'h', port, source: 'known_hosts', keys: keys(text, 'h', port) },
      offered,
      certificateChecks(),
    );

  it('trusts a listed key and nothing else', () => {
    expect(judge(`${line('h')}\n${line('h', RSA)}`, RSA)).toEqual({ kind: 'trusted' });
    expect(judge(line('other'), A)).toMatchObject({ kind: 'unknown' });
    expect(judge('', A)).toMatchObject({ kind: 'unknown' });
  });

  it('shows the exact line and fingerprint of an unknown key', () => {
    expect(judge('', A, 2222)).toMatchObject({
      message: expect.stringMatching(
        /names \[h\]:2222, which offered the host key ssh-ed25519 SHA256:[\w+/]{43}$/,
      ),
      hint: expect.stringContaining(`: [h]:2222 ${formatHostKey(A)}`),
    });
  });

  it('names both fingerprints when they differ', () => {
    expect(judge(line('h'), B)).toMatchObject({
      message: expect.stringMatching(
        /^h offered .* SHA256:\S+, but known_hosts expects ssh-ed25519 SHA256:\S+; nothing was sent$/,
      ),
    });
  });

  it('refuses a revoked key even when another line trusts it', () => {
    expect(judge(`${line('h')}\n@revoked ${line('*')}`, A)).toMatchObject({
      message: expect.stringContaining('marks as revoked'),
    });
  });

  it('expects a certificate where only an authority is known', () => {
    expect(judge(`@cert-authority ${line('*')}`, B)).toMatchObject({
      kind: 'unknown',
      message: expect.stringMatching(
        /without a certificate, but known_hosts expects one signed by ssh-ed25519/,
      ),
      hint: expect.stringContaining(line('h', B)),
    });
  });
});

describe('hostKeyAlgorithms', () => {
  it('puts the known types first, RSA with newer hashes before', () => {
    expect(hostKeyAlgorithms(keys(`${line('h')}\n${line('h', RSA)}`, 'h'))).toEqual([
      'ssh-ed25519',
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-rsa',
      'ecdsa-sha2-nistp256',
      'ecdsa-sha2-nistp384',
      'ecdsa-sha2-nistp521',
    ]);
  });

  it('offers certificates where an authority is known, before everything', () => {
    expect(hostKeyAlgorithms(keys(`@cert-authority ${line('*', RSA)}\n${line('h', RSA)}`, 'h'))).toEqual([
      'ssh-ed25519-cert-v01@openssh.com',
      'ecdsa-sha2-nistp256-cert-v01@openssh.com',
      'ecdsa-sha2-nistp384-cert-v01@openssh.com',
      'ecdsa-sha2-nistp521-cert-v01@openssh.com',
      'rsa-sha2-512-cert-v01@openssh.com',
      'rsa-sha2-256-cert-v01@openssh.com',
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-rsa',
      'ssh-ed25519',
      'ecdsa-sha2-nistp256',
      'ecdsa-sha2-nistp384',
      'ecdsa-sha2-nistp521',
    ]);
  });
});

describe('parseHostKeyLine', () => {
  it.each(['', 'ssh-ed25519', 'ssh-ed25519 AAAA', 'ssh-ed25519 !!!!', 'ssh-rsa AAAABHNzaC0='])(
    'refuses %j',
    (text) => {
      expect(parseHostKeyLine(text)).toEqual(expect.any(String));
    },
  );

  it('leaves the comment out', () => {
    expect(parseHostKeyLine(`  ${formatHostKey(A)} me@here\n`)).toEqual(A);
  });
});
