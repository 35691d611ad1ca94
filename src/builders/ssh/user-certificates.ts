import type { Client, ParsedKey } from 'ssh2';
import utils from 'ssh2/lib/protocol/utils.js';
import { CERTIFICATE_ALGORITHMS } from '../known-hosts/algorithms.ts';
import type { HostKey } from '../known-hosts/host-key.ts';
import { joinFields } from '../known-hosts/ssh-fields.ts';
import { makeSignature } from './make-signature.ts';

// ssh2 sends no certificates to log in with: it writes the same name for the kind of key and for the kind of signature, which are two here
// (PROTOCOL.certkeys of OpenSSH). What of its inside is used is held to by test/unit/builders/ssh/ssh2-internals.test.ts.

/** What of a connection of ssh2 1.17.0 is used here. */
interface Protocol {
  readonly _kex: { readonly sessionID: Buffer };
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number;
      alloc(byteCount: number): Buffer;
      finalize(packet: Buffer): Buffer;
    };
  };
  /** What answers are to come to. */
  readonly _authsQueue: string[];
  authPK(username: string, key: unknown, ...rest: unknown[]): void;
}

const USERAUTH_REQUEST = 50;
const SIGNED = 1;

/**
 * Sends certificates in place of the keys that they are for. To be called once `connect` was, before anything has come.
 *
 * @param certificates by the keys that the client was given to try
 * @throws Error when ssh2 is not as it was
 */
export function sendUserCertificates(client: Client, certificates: ReadonlyMap<ParsedKey, HostKey>): void {
  const protocol: unknown = Reflect.get(client, '_protocol');
  if (!isProtocol(protocol)) throw new Error('ssh2 logs in otherwise than in version 1.17.0');
  const sendKey = protocol.authPK.bind(protocol);
  protocol.authPK = (username, key, ...rest) => {
    for (const [certified, certificate] of certificates) {
      // Nobody is asked whether the certificate would do: the answer to the request itself says so.
      if (certified === key) {
        send(protocol, loginRequest(protocol._kex.sessionID, username, certified, certificate));
        return;
      }
    }
    sendKey(username, key, ...rest);
  };
}

/** A request to log in (RFC 4252 §7), signed. */
function loginRequest(
  sessionId: Uint8Array,
  username: string,
  key: ParsedKey,
  certificate: HostKey,
): Uint8Array {
  // The first of those for the kind of key is the one that signatures are made for.
  const algorithm = CERTIFICATE_ALGORITHMS.find(({ keyType }) => keyType === key.type);
  const request = Buffer.concat([
    Uint8Array.of(USERAUTH_REQUEST),
    joinFields(username, 'ssh-connection', 'publickey'),
    Uint8Array.of(SIGNED),
    joinFields(algorithm?.name ?? certificate.type, certificate.blob),
  ]);
  const data = Buffer.concat([joinFields(sessionId), request]);
  const signature = makeSignature(key.type, key.getPrivatePEM(), data);
  return Buffer.concat([request, joinFields(joinFields(signature.algorithm, signature.bytes))]);
}

function send(protocol: Protocol, message: Uint8Array): void {
  const { write } = protocol._packetRW;
  const packet = write.alloc(message.length);
  packet.set(message, write.allocStart);
  protocol._authsQueue.push('publickey');
  utils.sendPacket(protocol, write.finalize(packet));
}

function isProtocol(value: unknown): value is Protocol {
  if (typeof value !== 'object' || value === null) return false;
  return 'authPK' in value && '_packetRW' in value && '_authsQueue' in value && '_kex' in value;
}
