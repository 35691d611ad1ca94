import { createHmac } from 'node:crypto';
import { parseHostKeyBlob, type HostKey } from '../../../src/builders/known-hosts/host-key.ts';
import { keysOf, parseKnownHosts } from '../../../src/builders/known-hosts/known-hosts.ts';
import { hostKeyAlgorithms } from '../../../src/builders/known-hosts/algorithms.ts';
import { verifyHostKey } from '../../../src/builders/known-hosts/verify-host-key.ts';
import { verifySignature } from '../../../src/builders/ssh/verify-signature.ts';
import { sha256 } from '../../../src/nix/hash/sha256.ts';
import { endingOf, must, textOf, texts, type FuzzTarget } from '../target.ts';

const TYPE = 'ssh-ed25519';
const BASE64 = 'AAAAC3NzaC1lZDI1NTE5AAAAIPIQCZc54poJ8vqawd8TraNryQeJnvH1eLpIDgbiqymM';
const HASHED = '|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=';

/** A key that no line of the samples names: only text that holds it may ever make it trusted. */
const STRANGER: HostKey = { type: TYPE, blob: Buffer.from(`${BASE64.slice(0, -4)}AAAA`, 'base64') };

const CHECKS = { sha256, verifySignature, nowMs: Date.UTC(2026, 0, 1) };

/** known_hosts text, and the bytes of a key that a host offers. */
export const knownHosts: FuzzTarget = {
  name: 'known-hosts',
  share: 10,
  samples: texts(
    `host ${TYPE} ${BASE64} comment`,
    `[host]:2222,10.0.0.1 ${TYPE} ${BASE64}\n# comment\n@revoked * ${TYPE} ${BASE64}`,
    `@cert-authority *.example.org,!bad.example.org ${TYPE} ${BASE64}`,
    `${HASHED} ${TYPE} ${BASE64}`,
    BASE64,
  ),
  tokens: texts(
    '@revoked ',
    '@cert-authority ',
    '|1|',
    HASHED,
    ' ',
    '\n',
    '\r',
    '*',
    '?',
    '!',
    ',',
    '#',
    TYPE,
    BASE64,
    'ssh-rsa',
    '=',
    '\0\0\0\x0b',
  ),
  take(bytes) {
    const text = textOf(bytes);
    return endingOf(() => {
      const parsed = parseKnownHosts(text);
      const keys = keysOf(parsed, 'host', 2222, (key, data) => createHmac('sha1', key).update(data).digest());
      const trust = { host: 'host', port: 2222, source: 'known_hosts', keys };
      hostKeyAlgorithms(keys);
      const offered = parseHostKeyBlob(bytes);
      if (offered !== undefined) verifyHostKey(trust, offered, CHECKS);
      must(
        verifyHostKey(trust, STRANGER, CHECKS).kind !== 'trusted' || text.includes('AAAA'),
        'a stranger is trusted',
      );
      const counts = [
        parsed.entries.length,
        parsed.faults.length,
        keys.trusted.length,
        keys.revoked.length,
        keys.certAuthorities.length,
      ];
      return `${counts.map((count) => Math.min(count, 2)).join(' ')} ${parsed.faults[0]?.message.slice(0, 30)}`;
    });
  },
};
