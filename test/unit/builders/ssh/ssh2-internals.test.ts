import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ssh2 from 'ssh2';
import constants from 'ssh2/lib/protocol/constants.js';
import utils from 'ssh2/lib/protocol/utils.js';
import { expect, it } from 'vitest';
import {
  acceptHostCertificates,
  isHostKeyAlgorithm,
} from '../../../../src/builders/ssh/host-certificates.ts';
import {
  CERTIFICATE_ALGORITHMS,
  hostKeyAlgorithms,
} from '../../../../src/builders/known-hosts/algorithms.ts';
import { sendUserCertificates } from '../../../../src/builders/ssh/user-certificates.ts';

const require = createRequire(import.meta.url);

/** Tells where a text begins in a file of ssh2, looked for behind another. */
function placesIn(file: string): (text: string, behind?: number) => number {
  const source = readFileSync(require.resolve(`ssh2/lib/protocol/${file}`), 'utf8');
  return (text, behind = 0) => {
    const at = source.indexOf(text, behind);
    if (at < 0) throw new Error(`${file} of ssh2 has changed: expected ${JSON.stringify(text)}`);
    return at;
  };
}

it('ssh2 is the version whose key exchange was read', () => {
  expect(JSON.parse(readFileSync(require.resolve('ssh2/package.json'), 'utf8'))).toMatchObject({
    version: '1.17.0',
  });
});

it('ssh2 compares, hashes and verifies in the order that is counted on', () => {
  const placeOf = placesIn('kex.js');
  const finish = placeOf('finish(scOnly) {');
  const hashesKey = placeOf('hashString(hash, serverPublicHostKey);', finish);
  const asksForOurs = placeOf('this.getPublicKey()', hashesKey);
  const digests = placeOf('hash.digest()', asksForOurs);
  const comparesSignature = placeOf('sigType !== negotiated.serverHostKey', digests);
  const readsKey = placeOf('bufferParser.init(this._hostKey, 0)', comparesSignature);
  const verifies = placeOf('parsedHostKey.verify(exchangeHash, sigValue, hashAlgo)', readsKey);
  placeOf('this._hostKey = undefined;', verifies);
  const comparesType = placeOf('hostPubKeyType !== this.negotiated.serverHostKey', verifies);
  const keepsKey = placeOf('this._hostKey = hostPubKey;', comparesType);
  placeOf('this._protocol._hostVerifier(hostPubKey', keepsKey);
});

it('ssh2 can be told to offer every algorithm, once each, and does not by itself', () => {
  const keys = { trusted: [], revoked: [], certAuthorities: [{ type: 'x', blob: new Uint8Array() }] };
  expect(hostKeyAlgorithms(keys).filter((name) => !isHostKeyAlgorithm(name))).toEqual([]);
  const { SUPPORTED_SERVER_HOST_KEY: supported } = constants;
  expect(supported).toEqual([...new Set(supported)]);
  const defaults: unknown = Reflect.get(constants, 'DEFAULT_SERVER_HOST_KEY');
  expect(defaults).not.toContain(CERTIFICATE_ALGORITHMS[0]?.name);
});

it('ssh2 logs in the way that a certificate goes', () => {
  const placeOf = placesIn('Protocol.js');
  const begins = placeOf('authPK(username, pubKey, keyAlgo, cbSign) {');
  const namesSession = placeOf('const sessionID = this._kex.sessionID;', begins);
  const writes = placeOf('p = this._packetRW.write.allocStart;', namesSession);
  const waits = placeOf("this._authsQueue.push('publickey');", writes);
  placeOf('sendPacket(this, this._packetRW.write.finalize(packet));', waits);
  expect(utils.sendPacket).toBeTypeOf('function');
});

it('a client that logs in otherwise is noticed', () => {
  expect(() => sendUserCertificates(new ssh2.Client(), new Map())).toThrow(
    'otherwise than in version 1.17.0',
  );
});

it('a client that keeps its key exchange elsewhere is noticed', () => {
  expect(() => acceptHostCertificates(new ssh2.Client())).toThrow('elsewhere than in version 1.17.0');
});
