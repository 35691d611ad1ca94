import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { DispatchError } from '../../errors.ts';

const KEY_TYPE = 'ssh-ed25519';
const BLOCK_BYTES = 8;

/**
 * Writes an ed25519 key in OpenSSH's own format (PROTOCOL.key of OpenSSH): the only one in which ssh2 reads it, where
 * OpenSSL writes PKCS#8.
 *
 * @throws DispatchError `input` when the key is of another type
 */
export function toOpensshEd25519(key: KeyObject): string {
  const { d, x } = key.export({ format: 'jwk' });
  if (d === undefined || x === undefined) throw new DispatchError('input', 'expected an ed25519 private key');
  const point = Buffer.from(x, 'base64url');
  const seed = Buffer.from(d, 'base64url');
  const check = randomBytes(4);
  const secret = [
    check,
    check,
    field(KEY_TYPE),
    field(point),
    field(Buffer.concat([seed, point])),
    field(''),
  ];
  const length = secret.reduce((sum, part) => sum + part.length, 0);
  // Padding counts up from 1.
  const padding = Buffer.from(
    Array.from({ length: (BLOCK_BYTES - (length % BLOCK_BYTES)) % BLOCK_BYTES }, (_, i) => i + 1),
  );
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    uint32(1),
    field(Buffer.concat([field(KEY_TYPE), field(point)])),
    field(Buffer.concat([...secret, padding])),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
