import { once } from 'node:events';
import { createServer } from 'node:net';
import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { formatHostKey } from '../../../../src/builders/known-hosts/host-key.ts';
import type { HostKey } from '../../../../src/builders/known-hosts/host-key.ts';
import { acceptHostCertificates } from '../../../../src/builders/ssh/host-certificates.ts';
import { makeKeyPair } from '../../../support/farm/keys.ts';
import { CarelessAuthority } from '../../../support/ssh/made-certificates.ts';
import { refusal } from '../../../support/ssh/logins.ts';

const authority = new CarelessAuthority();
const pair = makeKeyPair('ed25519');

/** A server that shows a certificate, whether or not it has the key in it, and lets nobody in. */
async function startCertified(certificate: HostKey) {
  const parsed = ssh2.utils.parseKey(pair.privateKey);
  if (parsed instanceof Error) throw parsed;
  const hostKey: unknown = Object.create(parsed, {
    type: { value: certificate.type },
    getPublicSSH: { value: () => Buffer.from(certificate.blob) },
  });
  let logins = 0;
  // A key that is parsed already is taken as it is, and the server's side of a connection has the same inside as a client: neither is in the
  // types.
  const ssh = new ssh2.Server({ hostKeys: [{ key: hostKey as string, passphrase: '' }] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) => {
      logins += 1;
      context.reject();
    });
  });
  const server = createServer((socket) => {
    ssh.once('connection', (client: unknown) => acceptHostCertificates(client as ssh2.Client));
    ssh.injectSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { port, logins: () => logins, [Symbol.dispose]: () => void server.close() };
}

/** What a login to it ends with. */
function login(port: number) {
  return refusal(`ssh-ng://me@127.0.0.1:${port} x86_64-linux`, {
    privateKey: pair.privateKey,
    knownHosts: `@cert-authority * ${formatHostKey(authority.key)}`,
    sshConfig: 'Host *\n  HostKeyAlias h',
    connectTimeoutMs: 5000,
  });
}

it('a host that has the certified key is trusted with a login', async () => {
  const own = Buffer.from(pair.publicLine.split(' ')[1] ?? '', 'base64').subarray(-32);
  using server = await startCertified(authority.certify({ keyFields: [own] }));
  expect(await login(server.port)).toMatchObject({ code: 'authentication' });
  expect(server.logins()).toBeGreaterThan(0);
});

it('a host with the certificate of another, which anybody can have, is not', async () => {
  using server = await startCertified(authority.certify());
  expect(await login(server.port)).toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('signature verification failed'),
  });
  expect(server.logins()).toBe(0);
});
