import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect } from 'vitest';
import { findExecutable, mustRun } from '../../../../scripts/provision/command.ts';
import { readSshConfiguration } from '../../../../src/builders/ssh/config-files.ts';
import type { SshSettings } from '../../../../src/builders/ssh-config/ssh-settings.ts';
import { requires, type Requirement } from '../../../support/requirements.ts';

const ssh: Requirement =
  findExecutable('ssh') === undefined ? { ok: false, reason: 'needs ssh on this machine' } : { ok: true };
const { test, beforeAll, afterAll } = requires(ssh);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nix-dispatch-ssh-'));
  writeFileSync(join(folder, 'one.conf'), 'Host b1\n  User included\nHost *\n  Port 2201\n');
  writeFileSync(join(folder, 'two.conf'), 'HostKeyAlias two\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What ssh itself makes of a configuration. */
async function asSsh(
  file: string,
  options: readonly string[],
  host: string,
): Promise<Record<string, unknown>> {
  const printed = await mustRun(['ssh', '-G', '-F', file, ...options, host]);
  const lines = printed
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
  const first = (name: string) => lines.find(([key]) => key === name)?.[1];
  const all = (name: string) => lines.flatMap(([key, value = '']) => (key === name ? [value] : []));
  return {
    hostName: first('hostname'),
    port: Number(first('port')),
    user: first('user'),
    identityFiles: all('identityfile'),
    certificateFiles: all('certificatefile'),
    revokedHostKeysFile: first('revokedhostkeys'),
    hostKeyAlias: first('hostkeyalias'),
    proxyJump: first('proxyjump'),
    userKnownHostsFiles: first('userknownhostsfile'),
  };
}

/** The same of ours, with what ssh fills in. */
function asOurs(
  settings: SshSettings,
  expected: Record<string, unknown>,
  user: string,
): Record<string, unknown> {
  return {
    hostName: settings.hostName,
    port: settings.port ?? 22,
    user: settings.user ?? user,
    // ssh prints its usual files where none is named, and leaves `~` in.
    identityFiles: settings.identityFiles ?? expected['identityFiles'],
    certificateFiles: settings.certificateFiles,
    revokedHostKeysFile: settings.revokedHostKeysFile,
    hostKeyAlias: settings.hostKeyAlias,
    proxyJump: settings.proxyJump.length === 0 ? undefined : settings.proxyJump.join(','),
    userKnownHostsFiles: settings.userKnownHostsFiles?.join(' ') ?? expected['userKnownHostsFiles'],
  };
}

async function compare(text: string, host: string, options = ''): Promise<void> {
  const file = join(folder, 'config');
  writeFileSync(file, text);
  const expected = await asSsh(file, options === '' ? [] : options.split(' '), host);
  const configuration = readSshConfiguration(text, { NIX_SSHOPTS: options });
  const settings = configuration.settingsFor(host, undefined, true);
  expect(asOurs(settings, expected, configuration.account.user), `${text}\n${host}`).toEqual(expected);
}

const hosts = ['b1', 'b2', 'far.example.org'];

describe('OpenSSH', () => {
  const lines = [
    'Host b1',
    'Host b1 b2',
    'Host *',
    'Host !b1 *',
    'Host "b2" far.*',
    'Match host b?',
    'Match originalhost b1',
    'Match all',
    'Match !host b1',
    'Match final host 10.0.0.1',
    'HostName 10.0.0.1',
    'HostName %h.example.net',
    'Port 2222',
    'port = 2223',
    'User builder',
    'User "other user"',
    'IdentityFile /keys/one',
    'IdentityFile "/keys/with blank"',
    'CertificateFile /keys/one-cert.pub',
    'CertificateFile "/keys/two cert.pub"',
    'RevokedHostKeys /k/revoked',
    'HostKeyAlias alias',
    'ProxyJump jump.example.org',
    'ProxyJump me@j1:2200,j2',
    'ProxyJump none',
    'UserKnownHostsFile /k/one /k/two',
    'Include FOLDER/*.conf',
    'Include FOLDER/one.conf',
    '# comment',
    '',
  ];

  test('reads a configuration as we do, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...hosts),
        async (chosen, host) => {
          await compare(chosen.join('\n').replaceAll('FOLDER', folder), host);
        },
      ),
      { numRuns: 150, seed: 9 },
    );
  }, 60_000);

  test('takes a word for a path and a directive for text', () => {
    const read = (given: string) => () => readSshConfiguration(given, {});
    for (const path of ['ci/ssh_config', './none', '~/none', '/no/such file']) {
      expect(read(path), path).toThrow('which ssh_config names, cannot be read');
    }
    expect(read(`${join(folder, 'one.conf')}\n`)).not.toThrow();
    expect(read('none')().settingsFor('b1', undefined, true).identityFiles).toBeUndefined();
    expect(read('Port=1')().settingsFor('b1', undefined, true).port).toBe(1);
  });

  test('reads options before the configuration, as we do', async () => {
    const text = 'Host *\n  Port 1\n  User a\n  IdentityFile /keys/c\n  ProxyJump x\n';
    for (const options of [
      '-p 2',
      '-l b -p2',
      `-i ${join(folder, 'one.conf')}`,
      '-J y,z',
      '-o Port=3 -o HostKeyAlias=q',
      '-oUser=b -4',
    ]) {
      await compare(text, 'b1', options);
    }
  });
});
