import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyPairKeyObjectResult } from 'node:crypto';
import ssh2 from 'ssh2';
import type { HostKeyType } from './host-options.ts';

/** An SSH key pair: private file text and the public line (`ssh-ed25519 AAAA…`, no comment). */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicLine: string;
}

/**
 * Makes a key pair in memory that every OpenSSH reads. (ssh2's own generator now and then writes an ed25519 key that
 * OpenSSH can't load.)
 */
export function makeKeyPair(type: HostKeyType): KeyPair {
  switch (type) {
    case 'ed25519':
      return ed25519();
    case 'ecdsa':
      return fromPem(
        generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
      );
    case 'rsa':
      return fromPem(
        generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
          type: 'pkcs1',
          format: 'pem',
        }),
      );
  }
}

/** OpenSSH before 9.6 reads ed25519 keys only in its own format (PROTOCOL.key in its source). */
function ed25519(): KeyPair {
  const { seed, point } = rawEd25519(generateKeyPairSync('ed25519'));
  const kind = Buffer.from('ssh-ed25519');
  const publicBlob = Buffer.concat([field(kind), field(point)]);
  const check = randomBytes(4);
  const secret = [check, check, field(kind), field(point), field(Buffer.concat([seed, point])), field('')];
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    uint32(1),
    field(publicBlob),
    field(padded(Buffer.concat(secret))),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  const privateKey = [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    ...lines,
    '-----END OPENSSH PRIVATE KEY-----',
    '',
  ].join('\n');
  return { privateKey, publicLine: `ssh-ed25519 ${publicBlob.toString('base64')}` };
}

function rawEd25519({ privateKey }: KeyPairKeyObjectResult): { seed: Buffer; point: Buffer } {
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  return { seed: Buffer.from(d, 'base64url'), point: Buffer.from(x, 'base64url') };
}

function fromPem(pem: string | Buffer): KeyPair {
  const parsed = ssh2.utils.parseKey(pem);
  if (parsed instanceof Error) throw parsed;
  const blob = parsed.getPublicSSH().toString('base64');
  return { privateKey: pem.toString(), publicLine: `${parsed.type} ${blob}` };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function field(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** Fills up to the cipher's block of 8 bytes with 1, 2, 3… */
function padded(bytes: Buffer): Buffer {
  const missing = (8 - (bytes.length % 8)) % 8;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}
