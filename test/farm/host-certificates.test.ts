import { expect } from 'vitest';
import type { Credentials } from '../../src/builders/credentials.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import type { HostKeyType } from '../support/farm/host-options.ts';
import type { Host } from '../support/farm/host.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';
import { makeAuthority, type Authority, type CertificateTerms } from '../support/ssh/authority.ts';
import { open, refusal } from '../support/ssh/logins.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

const TYPES: readonly HostKeyType[] = ['ed25519', 'ecdsa', 'rsa'];
const CERTIFICATE = (type: HostKeyType): string => `/etc/ssh/${type}-cert.pub`;

let farm: Farm;
let authority: Authority;
let others: readonly Authority[];

beforeAll(async () => {
  others = await Promise.all(TYPES.map((type) => makeAuthority(type)));
  authority = await makeAuthority('ed25519');
  farm = await startFarm(
    TYPES.map((type) => ({
      name: type,
      hostKeyTypes: [type],
      sshdConfig: [`HostCertificate ${CERTIFICATE(type)}`, 'Port 22', 'Port 2222', 'RekeyLimit 1M'],
    })),
  );
});
afterAll(async () => {
  await Promise.all([authority, ...others].map((one) => one[Symbol.asyncDispose]()));
  await farm[Symbol.asyncDispose]();
});

/** Gives a host a certificate, and restarts its sshd. */
async function install(host: Host, certificate: string): Promise<void> {
  const [type = 'ed25519'] = host.options.hostKeyTypes ?? [];
  await host.mustExec(['sh', '-c', `cat > ${CERTIFICATE(type)}`], { input: `${certificate}\n` });
  await host.restartSshd();
}

function credentials(knownHosts: string, changes: Partial<Credentials> = {}): Credentials {
  return { privateKey: farm.clientKey, knownHosts, connectTimeoutMs: 10_000, ...changes };
}

const trusts = (names: string, { publicLine }: Authority): string => `@cert-authority ${names} ${publicLine}`;
const addressOf = (host: Host, port = ''): string => `ssh-ng://builder@${host.address}${port} x86_64-linux`;

test('hosts with keys of every kind are known by authorities of every kind', async () => {
  for (const host of farm.hosts) {
    for (const one of others) {
      await install(host, await one.sign(host.hostKeyLine, { principals: ['other', host.address] }));
      using builder = await open(addressOf(host), credentials(trusts('10.*', one)));
      expect((await builder.exec(['id', '-un'])).stdout).toBe('builder\n');
    }
  }
});

test('RSA authorities may sign with the shorter hash, but not with SHA-1', async () => {
  const [host, rsa] = [farm.host('rsa'), others[2]];
  if (rsa === undefined) throw new Error('there is no RSA authority');
  const terms = { principals: [host.address] };
  await install(host, await rsa.sign(host.hostKeyLine, { ...terms, options: ['-t', 'rsa-sha2-256'] }));
  using builder = await open(addressOf(host), credentials(trusts('*', rsa)));
  expect(builder.info.trust).toBe('trusted');
  await install(host, await rsa.sign(host.hostKeyLine, { ...terms, options: ['-t', 'ssh-rsa'] }));
  expect(await refusal(addressOf(host), credentials(trusts('*', rsa)))).toMatchObject({
    code: 'host-key',
    message: expect.stringContaining('has a signature ("ssh-rsa") that does not fit'),
  });
});

test('keys are renewed in the middle of a transfer', async () => {
  const host = farm.host('ed25519');
  await install(host, await authority.sign(host.hostKeyLine, { principals: [host.address] }));
  using builder = await open(addressOf(host), credentials(trusts(host.address, authority)));
  const { stdout } = await builder.exec(['sh', '-c', 'head -c 6000000 /dev/zero | tr "\\0" x']);
  expect(stdout.length).toBe(6_000_000);
});

test('a host on another port is known by its name with or without the port', async () => {
  const host = farm.host('ed25519');
  await install(host, await authority.sign(host.hostKeyLine, { principals: [host.address] }));
  for (const names of [`[${host.address}]:2222`, host.address, '[10.*]:2222']) {
    using builder = await open(addressOf(host, ':2222'), credentials(trusts(names, authority)));
    expect(builder.info.trust).toBe('trusted');
  }
  expect(
    await refusal(addressOf(host, ':2222'), credentials(trusts(`[${host.address}]:2223`, authority))),
  ).toMatchObject({ code: 'host-key', message: expect.stringContaining('no known_hosts line names') });
});

test('HostKeyAlias is the name that certificates and lines have', async () => {
  const host = farm.host('ecdsa');
  await install(host, await authority.sign(host.hostKeyLine, { principals: ['fast.example.org'] }));
  const sshConfig = `Host *\n  HostKeyAlias fast.example.org`;
  const lines = trusts('*.example.org', authority);
  using builder = await open(addressOf(host, ':2222'), credentials(lines, { sshConfig }));
  expect(builder.info.trust).toBe('trusted');
});

const REFUSED: readonly (readonly [string, CertificateTerms, string])[] = [
  ['has expired', { validity: '-2d:-1d' }, 'its certificate expired at 20'],
  ['is not yet valid', { validity: '+1d:+2d' }, 'its certificate is valid only from 20'],
  [
    'is for another host',
    { principals: ['b9.example.org'] },
    'its certificate is for "b9.example.org", not for 10.',
  ],
  ['is for no host', { principals: [] }, 'its certificate names no host'],
];

for (const [what, terms, message] of REFUSED) {
  test(`a certificate that ${what} is refused before anything is sent`, async () => {
    const host = farm.host('ed25519');
    const certificate = await authority.sign(host.hostKeyLine, { principals: [host.address], ...terms });
    await install(host, certificate);
    const error = await refusal(addressOf(host), credentials(trusts('*', authority)));
    expect(error).toMatchObject({ code: 'host-key', message: expect.stringContaining(message) });
    // As with ssh, the key in it may still be known by itself.
    using builder = await open(
      addressOf(host),
      credentials(`${trusts('*', authority)}\n${host.knownHostsLine}`),
    );
    expect(builder.info.trust).toBe('trusted');
  });
}

test('a certificate of another authority is refused', async () => {
  const host = farm.host('ed25519');
  const [other = authority] = others;
  await install(host, await other.sign(host.hostKeyLine, { principals: [host.address] }));
  expect(await refusal(addressOf(host), credentials(trusts('*', authority)))).toMatchObject({
    code: 'host-key',
    message: expect.stringMatching(
      /its certificate is signed by ssh-ed25519 SHA256:\S+, not by ssh-ed25519 SHA256/,
    ),
    hint: expect.stringContaining('@cert-authority'),
  });
});

test('a revoked authority and a revoked key in a certificate are refused whatever else is known', async () => {
  const host = farm.host('ed25519');
  await install(host, await authority.sign(host.hostKeyLine, { principals: [host.address] }));
  for (const revoked of [authority.publicLine, host.hostKeyLine]) {
    const lines = [trusts('*', authority), host.knownHostsLine, `@revoked * ${revoked}`].join('\n');
    expect(await refusal(addressOf(host), credentials(lines, { hostKeyChecking: 'off' }))).toMatchObject({
      code: 'host-key',
      message: expect.stringContaining('marks as revoked'),
    });
  }
});

test('a host without a certificate is refused where only the authority is known', async () => {
  const host = farm.host('ed25519');
  await host.mustExec(['rm', '-f', CERTIFICATE('ed25519')]);
  await host.restartSshd();
  expect(await refusal(addressOf(host), credentials(trusts('*', authority)))).toMatchObject({
    code: 'host-key',
    message: expect.stringMatching(/without a certificate, but the input known_hosts expects one signed by/),
    hint: expect.stringContaining(`${host.address} ${host.hostKeyLine}`),
  });
});

test('a certificate is not even asked for where the machine line has the key', async () => {
  const host = farm.host('ed25519');
  await install(host, await authority.sign(host.hostKeyLine, { validity: '-2d:-1d' }));
  using builder = await open(host.machineLine(), credentials(''));
  expect(builder.info.trust).toBe('trusted');
});
