import { generateKeyPairSync, sign } from 'node:crypto';
import type { HostKey } from '../../../src/builders/known-hosts/host-key.ts';
import { joinFields } from '../../../src/builders/known-hosts/ssh-fields.ts';

/** Every field of a certificate that a test may want otherwise (PROTOCOL.certkeys of OpenSSH). */
export interface CertificateParts {
  readonly type: string;
  readonly keyFields: readonly Uint8Array[];
  readonly serial: bigint;
  readonly kind: number;
  readonly keyId: string;
  readonly principals: Uint8Array;
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly criticalOptions: Uint8Array;
  readonly extensions: Uint8Array;
  readonly authority: Uint8Array;
  readonly algorithm: string;
  /** What follows the signature. */
  readonly rest: Uint8Array;
}

const NONE = new Uint8Array();
const FOREVER = 2n ** 64n - 1n;

/** An authority that signs whatever it is told to, unlike ssh-keygen. */
export class CarelessAuthority {
  readonly key: HostKey;
  /** The key that its certificates are for. */
  readonly subject = ed25519().key;
  readonly #sign: (data: Uint8Array) => Uint8Array;

  constructor() {
    const pair = ed25519();
    this.key = pair.key;
    this.#sign = pair.sign;
  }

  /** A certificate that is right for the host `h` but for what is said otherwise. */
  certify(changes: Partial<CertificateParts> = {}): HostKey {
    const parts: CertificateParts = {
      type: 'ssh-ed25519-cert-v01@openssh.com',
      keyFields: [this.subject.blob.subarray(-32)],
      serial: 7n,
      kind: 2,
      keyId: 'id',
      principals: joinFields('h'),
      validAfter: 0n,
      validBefore: FOREVER,
      criticalOptions: NONE,
      extensions: NONE,
      authority: this.key.blob,
      algorithm: 'ssh-ed25519',
      rest: NONE,
      ...changes,
    };
    const signed = Buffer.concat([
      joinFields(parts.type, 'nonce', ...parts.keyFields),
      uint64(parts.serial),
      uint32(parts.kind),
      joinFields(parts.keyId, parts.principals),
      uint64(parts.validAfter),
      uint64(parts.validBefore),
      joinFields(parts.criticalOptions, parts.extensions, '', parts.authority),
    ]);
    const signature = joinFields(parts.algorithm, this.#sign(signed));
    return {
      type: parts.type,
      blob: new Uint8Array(Buffer.concat([signed, joinFields(signature), parts.rest])),
    };
  }
}

function ed25519(): { readonly key: HostKey; readonly sign: (data: Uint8Array) => Uint8Array } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = privateKey.export({ format: 'jwk' });
  const type = 'ssh-ed25519';
  return {
    key: { type, blob: joinFields(type, Buffer.from(x, 'base64url')) },
    sign: (data) => sign(undefined, data, privateKey),
  };
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
