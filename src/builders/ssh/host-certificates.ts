import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import constants from 'ssh2/lib/protocol/constants.js';
import { CERTIFICATE_ALGORITHMS } from '../known-hosts/algorithms.ts';
import { parseCertificate } from '../known-hosts/certificate.ts';
import { parseHostKeyBlob } from '../known-hosts/host-key.ts';

// ssh2 has no host certificates. This teaches it some, by what it keeps inside: test/unit/builders/ssh/ssh2-internals.test.ts says so
// when another version keeps it differently, and until then every difference ends in a refused handshake.

const supported = constants.SUPPORTED_SERVER_HOST_KEY;
supported.push(...CERTIFICATE_ALGORITHMS.map(({ name }) => name).filter((name) => !supported.includes(name)));

/** A key exchange of ssh2 1.17.0, as far as it is used here. */
interface KeyExchange {
  readonly negotiated: { readonly serverHostKey: string };
  /** Public key that the host sent: there from when its type was looked at until the end of the exchange. */
  _hostKey: Buffer | undefined;
  /** Our half of the exchange. */
  getPublicKey(): Buffer;
}

/** Whether ssh2 can be told to offer it; its types know none of the algorithms for certificates. */
export function isHostKeyAlgorithm(name: string): name is ServerHostKeyAlgorithm {
  return supported.includes(name);
}

/**
 * Lets a client go on with a host that shows a certificate. To be called once `connect` was, before anything has come.
 *
 * Whether the certificate is to be trusted is the host verifier's to say. That the host has the certified key is proven to ssh2: it
 * verifies, with that key, a signature over an exchange in which the whole certificate is.
 *
 * @throws Error when ssh2 is not as it was
 */
export function acceptHostCertificates(client: Client): void {
  const protocol: unknown = Reflect.get(client, '_protocol');
  if (typeof protocol !== 'object' || protocol === null || !('_kex' in protocol)) {
    throw new Error('ssh2 keeps its key exchange elsewhere than in version 1.17.0');
  }
  let current: unknown = protocol._kex;
  // Keys are renewed now and then, each time with a new exchange.
  Object.defineProperty(protocol, '_kex', {
    get: () => current,
    set(exchange: unknown) {
      current = exchange;
      if (isKeyExchange(exchange)) expectCertificate(exchange);
    },
  });
}

function expectCertificate(exchange: KeyExchange): void {
  const algorithm = CERTIFICATE_ALGORITHMS.find(({ name }) => name === exchange.negotiated.serverHostKey);
  if (algorithm === undefined) return;
  // ssh2 takes the negotiated name for the type of the host's key, and later for that of the signature. With certificates the name may be
  // neither (PROTOCOL.certkeys of OpenSSH): it gets what it wants to compare with.
  Object.defineProperty(exchange.negotiated, 'serverHostKey', {
    enumerable: true,
    get: () => (exchange._hostKey === undefined ? algorithm.certificateType : algorithm.signature),
  });
  // Our half is hashed right after what the host sent. From then on that is no longer part of the exchange, but the key to verify its
  // signature with.
  const getPublicKey = exchange.getPublicKey.bind(exchange);
  exchange.getPublicKey = () => {
    const ours = getPublicKey();
    exchange._hostKey = certifiedKey(exchange._hostKey);
    return ours;
  };
}

function certifiedKey(blob: Buffer | undefined): Buffer | undefined {
  const key = blob === undefined ? undefined : parseHostKeyBlob(new Uint8Array(blob));
  const certificate = key === undefined ? undefined : parseCertificate(key);
  return certificate === undefined ? blob : Buffer.from(certificate.key.blob);
}

function isKeyExchange(value: unknown): value is KeyExchange {
  if (typeof value !== 'object' || value === null) return false;
  if (!('negotiated' in value && '_hostKey' in value && 'getPublicKey' in value)) return false;
  const { negotiated } = value;
  return typeof negotiated === 'object' && negotiated !== null && 'serverHostKey' in negotiated;
}
