import { createPrivateKey } from 'node:crypto';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { DispatchError } from '../../errors.ts';
import { sha256 } from '../../nix/hash/sha256.ts';
import { fingerprint } from '../known-hosts/host-key.ts';
import { toOpensshEd25519 } from './openssh-key.ts';

/** A private key that can log in. */
export interface PrivateKey {
  /** Secret: the key in a format that ssh2 reads. */
  readonly text: string;
  /** `ssh-ed25519 SHA256:…` of its public half. */
  readonly label: string;
  /** Its public half as authorized_keys has it: `ssh-ed25519 AAAA…`. */
  readonly publicLine: string;
}

/**
 * Reads a private key from its text: OpenSSH's format or PEM (PKCS#1, SEC1, PKCS#8) of ed25519, RSA or ECDSA. Damage
 * that copying does to line ends is repaired.
 *
 * @param source what to call it in messages, which never quote it
 * @throws DispatchError `input` saying what the text is instead of a usable key
 */
export function readPrivateKey(text: string, source: string): PrivateKey {
  const repaired = repairLines(text);
  if (repaired === '\n')
    throw unusable(source, 'it is empty', 'Is the secret set, and visible to this workflow?');
  if (/^(?:ssh-|ecdsa-|sk-)\S+ AAAA/.test(repaired)) {
    throw unusable(source, 'it is a public key', 'Give the other half, which begins with -----BEGIN.');
  }
  if (!repaired.startsWith('-----BEGIN ')) {
    throw unusable(source, 'it does not begin with a line -----BEGIN … PRIVATE KEY-----');
  }
  if (/^-----BEGIN ENCRYPTED |^Proc-Type:.*ENCRYPTED/m.test(repaired)) throw encrypted(source);
  const readable = isPkcs8(repaired) ? fromPkcs8(repaired, source) : repaired;
  const parsed = parse(readable, source);
  const blob = parsed.getPublicSSH();
  return {
    text: readable,
    label: `${parsed.type} ${fingerprint(blob, sha256)}`,
    publicLine: `${parsed.type} ${blob.toString('base64')}`,
  };
}

/** Gives a key's text the line ends it had: no CR, no blanks around lines, real newlines for `\n`, one at the end. */
function repairLines(text: string): string {
  const unescaped = text.trim().includes('\n') ? text : text.replaceAll('\\n', '\n');
  const lines = unescaped.trim().split(/\r\n|\r|\n/);
  return `${lines.map((line) => line.trim()).join('\n')}\n`;
}

function parse(text: string, source: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) {
    if (/passphrase|encrypted/i.test(key.message)) throw encrypted(source);
    throw unusable(
      source,
      'it is damaged or of an unknown kind',
      'Copy the whole file, with its BEGIN and END lines.',
    );
  }
  const [only] = Array.isArray(key) ? key : [key];
  if (only === undefined || !only.isPrivateKey()) throw unusable(source, 'there is no private key in it');
  return only;
}

function isPkcs8(text: string): boolean {
  return text.startsWith('-----BEGIN PRIVATE KEY-----');
}

/** PKCS#8, which OpenSSL writes and ssh2 cannot read, in a format that it can. */
function fromPkcs8(text: string, source: string): string {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'ed25519') return toOpensshEd25519(key);
    return String(key.export({ type: key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs1', format: 'pem' }));
  } catch {
    // The cause is left out: errors of OpenSSL may quote what they could not read.
    throw unusable(source, 'it is damaged, or not an ed25519, RSA or ECDSA key');
  }
}

function encrypted(source: string): DispatchError {
  return unusable(
    source,
    'it is protected by a passphrase',
    'Use a key without one: ssh-keygen -p -N "" -f KEY removes it from a copy.',
  );
}

function unusable(source: string, what: string, hint?: string): DispatchError {
  return new DispatchError('input', `${source} cannot be used as a private key: ${what}`, { hint });
}
