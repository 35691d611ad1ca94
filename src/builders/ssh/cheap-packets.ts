import { createSecretKey, randomBytes, randomFillSync } from 'node:crypto';
import type { Client } from 'ssh2';

// What ssh2 does for each packet of at most 32 KiB costs as much processor time as the encryption itself: it hands its key over as bytes, which
// Node takes in anew each time, and asks for a few bytes of chance. Both can be had for less. Where ssh2 is not as it was (1.17.0), or renews
// its keys, it works as it does by itself.

const POOL_BYTES = 16 * 1024;
const LENGTH_FIELDS_BYTES = 5;
const BLOCK_BYTES = 16;
const LEAST_PADDING_BYTES = 4;

/** To be called once the client is logged in. */
export function makePacketsCheap(client: Client): void {
  const protocol: unknown = Reflect.get(client, '_protocol');
  if (typeof protocol !== 'object' || protocol === null) return;
  const cipher: unknown = Reflect.get(protocol, '_cipher');
  const decipher: unknown = Reflect.get(protocol, '_decipher');
  if (isGcm(cipher, '_encSSLName')) {
    importKey(cipher, '_encKey');
    if (Reflect.has(cipher, 'allocPacket')) Reflect.set(cipher, 'allocPacket', packetMaker());
  }
  if (isGcm(decipher, '_decipherSSLName')) importKey(decipher, '_decipherKey');
}

function isGcm(cipher: unknown, field: string): cipher is object {
  return (
    typeof cipher === 'object' && cipher !== null && /^aes-\d+-gcm$/.test(String(Reflect.get(cipher, field)))
  );
}

function importKey(cipher: object, field: string): void {
  const key: unknown = Reflect.get(cipher, field);
  if (Buffer.isBuffer(key)) Reflect.set(cipher, field, createSecretKey(key));
}

/** Makes packets as RFC 5647 wants them, padded from a pool of random bytes that is filled again when it is used up. */
function packetMaker(): (payloadBytes: number) => Buffer {
  const pool = randomBytes(POOL_BYTES);
  let used = 0;
  return (payloadBytes) => {
    let paddingBytes = BLOCK_BYTES - ((payloadBytes + 1) % BLOCK_BYTES);
    if (paddingBytes < LEAST_PADDING_BYTES) paddingBytes += BLOCK_BYTES;
    const packet = Buffer.allocUnsafe(LENGTH_FIELDS_BYTES + payloadBytes + paddingBytes);
    packet.writeUInt32BE(packet.length - 4, 0);
    packet[4] = paddingBytes;
    if (used + paddingBytes > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    pool.copy(packet, LENGTH_FIELDS_BYTES + payloadBytes, used, used + paddingBytes);
    used += paddingBytes;
    return packet;
  };
}
