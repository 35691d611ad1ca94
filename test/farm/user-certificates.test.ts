import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Credentials } from '../../src/builders/credentials.ts';
import { readPrivateKey } from '../../src/builders/ssh/private-key.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import type { HostKeyType } from '../support/farm/host-options.ts';
import { makeKeyPair } from '../support/farm/keys.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';
import { makeAuthority, type Authority, type CertificateTerms } from '../support/ssh/authority.ts';
import { open, refusal } from '../support/ssh/logins.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

const TYPES: readonly HostKeyType[] = ['ed25519', 'ecdsa', 'rsa'];

let farm: Farm;
let authority: Authority;
let folder = '';

beforeAll(async () => {
  authority = await makeAuthority('ed25519');
  folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-keys-'));
  farm = await startFarm([{ name: 'b1', sshdConfig: ['TrustedUserCAKeys /etc/ssh/users-ca.pub'] }]);
  await farm
    .host('b1')
    .mustExec(['sh', '-c', 'cat > /etc/ssh/users-ca.pub'], { input: `${authority.publicLine}\n` });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await authority[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

/** A key that no host knows, and a certificate for it; returns their path, the certificate's as ssh-keygen names it. */
async function writeKey(type: HostKeyType, terms: CertificateTerms): Promise<string> {
  const { privateKey, publicLine } = makeKeyPair(type);
  const file = join(folder, `${type}-${Date.now()}`);
  await writeFile(file, privateKey);
  await writeFile(`${file}-cert.pub`, await authority.sign(publicLine, { kind: 'user', ...terms }));
  return file;
}

function credentials(changes: Partial<Credentials>): Credentials {
  const { knownHostsLine: knownHosts } = farm.host('b1');
  return { privateKey: undefined, knownHosts, connectTimeoutMs: 10_000, sshConfig: 'Host none', ...changes };
}

function line(keyFile = '-'): string {
  return `ssh-ng://builder@${farm.host('b1').address} x86_64-linux ${keyFile}`;
}

for (const type of TYPES) {
  test(`a certificate beside a key file of type ${type} logs in`, async () => {
    const keyFile = await writeKey(type, { principals: ['builder'] });
    using builder = await open(line(keyFile), credentials({}));
    expect((await builder.exec(['id', '-un'])).stdout).toBe('builder\n');
    // Further connections, and sessions after keys were renewed, need no more of it.
    expect((await builder.acquire()).isOpen).toBe(true);
  });
}

test('CertificateFile names one for the key that is given', async () => {
  const { privateKey, publicLine } = makeKeyPair('ed25519');
  const file = join(folder, 'elsewhere.pub');
  await writeFile(file, await authority.sign(publicLine, { kind: 'user', principals: ['builder'] }));
  const sshConfig = `Host *\n  CertificateFile ${join(folder, 'none')}\n  CertificateFile ${file}`;
  using builder = await open(line(), credentials({ privateKey, sshConfig }));
  expect(builder.info.trust).toBe('trusted');
});

test('a certificate that opens nothing does not keep its key from being tried', async () => {
  const file = join(folder, 'known.pub');
  const terms: CertificateTerms = { kind: 'user', principals: ['somebody'] };
  const { publicLine } = readPrivateKey(farm.clientKey, 'the farm’s key');
  await writeFile(file, await authority.sign(publicLine, terms));
  const sshConfig = `Host *\n  CertificateFile ${file}`;
  using builder = await open(line(), credentials({ privateKey: farm.clientKey, sshConfig }));
  expect(builder.info.trust).toBe('trusted');
});

test('a certificate that has expired, or is for somebody else, is named', async () => {
  const expired = await writeKey('ed25519', { principals: ['builder'], validity: '-2d:-1d' });
  expect(await refusal(line(expired), credentials({}))).toMatchObject({
    code: 'authentication',
    message: expect.stringContaining('with the certificate "of a test", which has expired, of the key'),
  });
  const foreign = await writeKey('ecdsa', { principals: ['root'] });
  expect(await refusal(line(foreign), credentials({}))).toMatchObject({
    code: 'authentication',
    message: expect.stringMatching(
      /with the certificate "of a test" of the key ecdsa\S+ \S+ or the key ecdsa/,
    ),
  });
});
