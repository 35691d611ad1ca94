import { fault, value, type Parsed } from './parsed.ts';

const expected =
  'an unencrypted private key, as in the file that ssh-keygen writes, with its BEGIN and END lines';

/** Cipher of an OpenSSH private key: the string behind the magic (OpenSSH's PROTOCOL.key). */
function opensshCipher(body: string): string | undefined {
  const magic = 'openssh-key-v1\0';
  try {
    const bytes = atob(body.replaceAll(/\s/g, ''));
    if (!bytes.startsWith(magic)) return undefined;
    // A cipher's name is short, so the length's upper three bytes are zero.
    const start = magic.length + 4;
    return bytes.slice(start, start + bytes.charCodeAt(start - 1));
  } catch {
    return undefined;
  }
}

/**
 * A private key in OpenSSH or PEM format, line ends as `\n` and one at its end; undefined when empty, as the secret is
 * in a pull request from a fork. Blanks around lines, which pasting leaves, are dropped. Faults say what the text looks like and never quote it.
 */
export function parsePrivateKey(text: string): Parsed<string | undefined> {
  const key = text.trim().replaceAll(/[ \t]*(?:\r\n|\r|\n)[ \t]*/g, '\n');
  if (key === '') return value(undefined);
  const frame = /^-----BEGIN ([A-Z ]*)PRIVATE KEY-----\n([^]*?)\n-----END ([A-Z ]*)PRIVATE KEY-----$/.exec(
    key,
  );
  if (frame === null) return fault(expected, looksLike(key));
  const [, kind = '', body = '', end = ''] = frame;
  if (kind !== end) return fault(expected, 'a BEGIN and an END line that do not belong together');
  const cipher = kind === 'OPENSSH ' ? opensshCipher(body) : undefined;
  if (kind === 'OPENSSH ' && cipher === undefined) return fault(expected, 'a damaged OpenSSH key');
  if (kind === 'ENCRYPTED ' || /^Proc-Type:.*ENCRYPTED/m.test(body) || (cipher ?? 'none') !== 'none') {
    return fault(expected, 'a key with a passphrase: ssh-keygen -p -N "" -f KEY removes it from a copy');
  }
  return value(`${key}\n`);
}

function looksLike(key: string): string {
  if (/^(?:ssh-|ecdsa-|sk-)\S+ AAAA/.test(key)) return 'a public key';
  if (/^["'`].*["'`]$/s.test(key)) return 'something in quotes: leave them out';
  if (key.includes('\\n')) return 'a key whose line ends are written as \\n';
  if (key.startsWith('-----BEGIN') && !key.includes('\n')) return 'a key without its line ends';
  if (key.startsWith('-----BEGIN')) return 'a key that is cut off or of another kind';
  if (key.startsWith('PuTTY-User-Key-File')) {
    return 'a PuTTY key: puttygen KEY -O private-openssh converts it';
  }
  if (key.startsWith('LS0tLS1CRUdJT')) return 'a key in base64: give the text of the file itself';
  if (/^[~.]?\/\S*$/.test(key)) return 'the name of a file (not shown): give what is in it';
  return 'something else (not shown)';
}
